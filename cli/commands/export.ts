import { csvWriter } from "../exports/csv.ts";
import { writeHdrLog } from "../exports/hdr_log.ts";
import { jsonLinesWriter } from "../exports/json_lines.ts";
import { writeOtlpMetrics } from "../exports/otlp_metrics.ts";
import { type Receiver, sendOtlp } from "../exports/otlp_send.ts";
import { writeOtlpTraces } from "../exports/otlp_traces.ts";
import { type Output, ReaderGone, writeOutput } from "../exports/output.ts";
import { parquetWriter } from "../exports/parquet.ts";
import { RECORD_COLUMNS, writeRecords } from "../exports/record_rows.ts";
import { REQUEST_COLUMNS, writeRequests } from "../exports/request_rows.ts";
import { SECOND_COLUMNS, writeSeconds } from "../exports/second_rows.ts";
import { appendRun } from "../exports/sqlite.ts";
import type { Column, RowWriter } from "../exports/table.ts";
import { withLedgers } from "../../runtime/opened_ledgers.ts";
import { EXIT } from "../../runtime/reduce/exit_codes.ts";
import type { ReducibleLedger } from "../../runtime/reduce/first_pass.ts";
import type { Summary } from "../../runtime/reduce/summary.ts";
import { reportStem, summaryOf } from "../../runtime/report_command.ts";
import { UserError } from "../../runtime/user_error.ts";

/** What `z6c export` writes, and what its file is called. */
const EXTENSIONS = {
  csv: "csv",
  jsonl: "jsonl",
  parquet: "parquet",
  sqlite: "sqlite",
  hdr: "hlog",
  otlp: "otlp.jsonl",
} as const;
export type ExportFormat = keyof typeof EXTENSIONS;
export const EXPORT_FORMATS = Object.keys(EXTENSIONS);

/** What a table has a row for. */
export const EXPORT_TABLES = ["requests", "records", "seconds"] as const;
type TableName = (typeof EXPORT_TABLES)[number];

/** As they stand on the command line. */
export type ExportOptions = Readonly<{
  of?: string;
  output?: string;
  traces?: boolean;
  send?: string;
  header?: readonly string[];
}>;

/** Writes the ledgers of one run as data for other programs. Throws `UserError`. */
export async function exportLedgers(
  name: string,
  paths: readonly string[],
  options: ExportOptions,
): Promise<number> {
  const format = formatOf(name);
  const table = tableOf(format, options);
  const receiver = receiverOf(format, options);
  // Also a run of which only a part can be read has figures; that its ledgers are of one run is seen to here.
  const summary = summaryOf(paths);
  const { state, problem } = summary.integrity;
  if (state !== "whole") console.error(`z6c: what is exported is ${state}: ${problem}`);
  const output = options.output ?? usualOutput(format, table, paths);
  try {
    write(format, table, output, paths, summary, options.traces === true);
  } catch (cause) {
    // Whoever reads has seen enough: `z6c export csv … -o - | head`.
    if (cause instanceof ReaderGone) return EXIT.passed;
    throw cause;
  }
  if (receiver === null) {
    if (output !== "-") console.log(output);
    return EXIT.passed;
  }
  try {
    const sent = await sendOtlp(output, receiver);
    console.log(`sent to ${receiver.url}: ${sent} ${sent === 1 ? "request" : "requests"}`);
  } finally {
    // It was only on the way.
    if (options.output === undefined) Deno.removeSync(output);
  }
  return EXIT.passed;
}

function write(
  format: ExportFormat,
  table: TableName,
  path: string,
  paths: readonly string[],
  summary: Summary,
  traces: boolean,
): void {
  withLedgers(paths, (unsorted) => {
    const ledgers = unsorted.toSorted((one, other) => one.header.shard.index - other.header.shard.index);
    const lastTick = summary.time.elapsedTicks;
    switch (format) {
      case "csv":
        return writeOutput(path, (to) => {
          writeTable(table, ledgers, lastTick, (columns) => csvWriter(columns, (text) => to.print(text)));
        });
      case "jsonl":
        return writeOutput(path, (to) => {
          writeTable(
            table,
            ledgers,
            lastTick,
            (columns) => jsonLinesWriter(columns, (text) => to.print(text)),
          );
        });
      case "parquet":
        return writeOutput(path, (to) => {
          writeTable(
            table,
            ledgers,
            lastTick,
            (columns) => parquetWriter(columns, (bytes) => to.write(bytes)),
          );
        });
      case "hdr":
        return writeOutput(path, (to) => writeHdrLog(ledgers, lastTick, (text) => to.print(text)));
      case "otlp":
        return writeOutput(path, (to) => writeOtlp(ledgers, summary, traces, to));
      case "sqlite":
        appendRun(path, ledgers, summary);
    }
  });
}

function writeTable(
  name: TableName,
  ledgers: readonly ReducibleLedger[],
  lastTick: number,
  writer: (columns: readonly Column[]) => RowWriter,
): void {
  switch (name) {
    case "requests": {
      const to = writer(REQUEST_COLUMNS);
      writeRequests(ledgers, to);
      return to.end();
    }
    case "records": {
      const to = writer(RECORD_COLUMNS);
      writeRecords(ledgers, to);
      return to.end();
    }
    case "seconds": {
      const to = writer(SECOND_COLUMNS);
      writeSeconds(ledgers, lastTick, to);
      return to.end();
    }
  }
}

function writeOtlp(
  ledgers: readonly ReducibleLedger[],
  summary: Summary,
  traces: boolean,
  to: Output,
): void {
  writeOtlpMetrics(ledgers, summary, (text) => to.print(text));
  if (traces) writeOtlpTraces(ledgers, (text) => to.print(text));
}

/** Beside the ledger, by the table's name where a format has several. */
function usualOutput(format: ExportFormat, table: TableName, paths: readonly string[]): string {
  const stem = reportStem(paths);
  return isOfTables(format) ? `${stem}.${table}.${EXTENSIONS[format]}` : `${stem}.${EXTENSIONS[format]}`;
}

function isOfTables(format: ExportFormat): boolean {
  return format === "csv" || format === "jsonl" || format === "parquet";
}

function formatOf(name: string): ExportFormat {
  const found = EXPORT_FORMATS.find((format): format is ExportFormat => format === name);
  if (found !== undefined) return found;
  throw badInput(
    `there is no export ${JSON.stringify(name)}; there are ${EXPORT_FORMATS.join(", ")}` +
      "; text, json, html, junit, markdown and prometheus are reports: z6c report --report LIST",
  );
}

function tableOf(format: ExportFormat, { of, output }: ExportOptions): TableName {
  if ((format === "sqlite" || format === "parquet") && output === "-") {
    throw badInput(`${format} cannot be printed; name a file with -o`);
  }
  if (of === undefined) return "requests";
  if (!isOfTables(format)) throw badInput(`--of is for csv, jsonl and parquet, not for ${format}`);
  const found = EXPORT_TABLES.find((table) => table === of);
  if (found === undefined) {
    throw badInput(`there is no table ${JSON.stringify(of)}; there are ${EXPORT_TABLES.join(", ")}`);
  }
  return found;
}

function receiverOf(
  format: ExportFormat,
  { send, header = [], traces, output }: ExportOptions,
): Receiver | null {
  if (format !== "otlp" && (send !== undefined || header.length > 0 || traces === true)) {
    throw badInput(`--send, --header and --traces are for otlp, not for ${format}`);
  }
  if (send === undefined) {
    if (header.length > 0) throw badInput("--header goes with --send");
    return null;
  }
  if (output === "-") throw badInput("--send and -o - do not go together; ask for one");
  if (!URL.canParse(send) || !/^https?:$/.test(new URL(send).protocol)) {
    throw badInput(`--send ${send} is no address of HTTP; say --send http://127.0.0.1:4318`);
  }
  return { url: send, headers: header.map(readHeader) };
}

function readHeader(text: string): [string, string] {
  const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):\s*(.*)$/.exec(text) ?? [];
  if (name === undefined) throw badInput(`--header ${text} is none; say --header 'name: value'`);
  return [name, value];
}

function badInput(message: string): UserError {
  return new UserError(message, EXIT.badInput);
}
