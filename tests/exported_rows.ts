/** Reads back what `z6c export` writes, each format by another reader than the one that wrote it. */
import assert from "node:assert/strict";
import { parquetReadObjects } from "hyparquet";
import { csvWriter } from "../cli/exports/csv.ts";
import { jsonLinesWriter } from "../cli/exports/json_lines.ts";
import { parquetWriter } from "../cli/exports/parquet.ts";
import { RECORD_COLUMNS, writeRecords } from "../cli/exports/record_rows.ts";
import { REQUEST_COLUMNS, writeRequests } from "../cli/exports/request_rows.ts";
import { SECOND_COLUMNS, writeSeconds } from "../cli/exports/second_rows.ts";
import type { Column, RowWriter, Value } from "../cli/exports/table.ts";
import { KIND, SESSION } from "../runtime/ledger/record.ts";
import type { Plan } from "../runtime/plan.ts";
import type { ReducibleLedger } from "../runtime/reduce/first_pass.ts";
import type { Told } from "./simulator/told_records.ts";

export type Row = Readonly<Record<string, Value>>;
export type Run = Readonly<{ ledgers: readonly ReducibleLedger[]; lastTick: number }>;

/** Columns, and who fills them. */
export const TABLES = {
  requests: [REQUEST_COLUMNS, ({ ledgers }: Run, to: RowWriter) => writeRequests(ledgers, to)],
  records: [RECORD_COLUMNS, ({ ledgers }: Run, to: RowWriter) => writeRecords(ledgers, to)],
  seconds: [
    SECOND_COLUMNS,
    ({ ledgers, lastTick }: Run, to: RowWriter) => writeSeconds(ledgers, lastTick, to),
  ],
} as const;
export type TableName = keyof typeof TABLES;

export function csvText(table: TableName, run: Run): string {
  return textOf(table, run, csvWriter);
}

export function jsonLines(table: TableName, run: Run): string {
  return textOf(table, run, jsonLinesWriter);
}

function textOf(
  table: TableName,
  run: Run,
  writer: (columns: readonly Column[], print: (text: string) => void) => RowWriter,
): string {
  const parts: string[] = [];
  const [columns, fill] = TABLES[table];
  const to = writer(columns, (text) => parts.push(text));
  fill(run, to);
  to.end();
  return parts.join("");
}

export function parquetBytes(table: TableName, run: Run): Uint8Array<ArrayBuffer> {
  const [columns, fill] = TABLES[table];
  return parquetOf(columns, (to) => fill(run, to));
}

/** A file of rows that `fill` makes. */
export function parquetOf(
  columns: readonly Column[],
  fill: (to: RowWriter) => void,
): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const to = parquetWriter(columns, (bytes) => parts.push(new Uint8Array(bytes)));
  fill(to);
  to.end();
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export async function parquetRows(bytes: Uint8Array<ArrayBuffer>): Promise<Row[]> {
  const rows = await parquetReadObjects({ file: bytes.buffer });
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map((
        [name, value],
      ) => [name, typeof value === "bigint" ? Number(value) : value ?? null]),
    )
  );
}

/** RFC 4180, letter by letter. A cell that was not in quotes and is empty is null. */
export function csvRows(columns: readonly Column[], text: string): Row[] {
  const lines: (string | null)[][] = [];
  let line: (string | null)[] = [];
  for (let at = 0; at < text.length;) {
    let cell = "";
    const quoted = text[at] === '"';
    if (quoted) {
      for (at++; text[at] !== '"' || text[at + 1] === '"'; at++) {
        if (text[at] === '"') at++;
        cell += text[at];
      }
      at++;
    } else {
      while (text[at] !== "," && text[at] !== "\n") cell += text[at++];
    }
    line.push(cell === "" && !quoted ? null : cell);
    assert.ok(text[at] === "," || text[at] === "\n", `behind a cell stands ${text[at]}`);
    if (text[at++] === "\n") {
      lines.push(line);
      line = [];
    }
  }
  const [names, ...rest] = lines;
  assert.deepEqual(names, columns.map(({ name }) => name));
  return rest.map((cells) =>
    Object.fromEntries(columns.map(({ name, type }, at) => [name, typed(cells[at], type)]))
  );
}

function typed(cell: string | null, type: Column["type"]): Value {
  if (cell === null) return null;
  return type === "whole" ? Number(cell) : type === "flag" ? cell === "true" : cell;
}

/** Rows of `records` as the records that they were, ledger by ledger. */
export function toldRecords(plan: Plan, rows: readonly Row[]): Told[][] {
  const kinds = new Map<string, number>(Object.entries(KIND));
  const byShard = Map.groupBy(rows, ({ shard }) => shard);
  return [...byShard.values()].map((rows) =>
    rows.map((row): Told => {
      const flow = plan.flows.findIndex(({ name }) => name === row.flow);
      const step = plan.steps.findIndex((it) => it.name === row.step && it.flow === flow);
      const session = row.phase === "setup" || row.phase === "teardown" ? SESSION[row.phase] : row.session;
      return {
        lane: row.lane === "decision" ? "decision" : "observation",
        kind: kinds.get(String(row.kind)) ?? 0,
        name: String(row.kind),
        tick: Number(row.tick),
        session: session === null ? null : Number(session),
        vu: row.vu === null ? null : Number(row.vu),
        step: row.step !== null ? step : row.flow !== null ? flow : null,
        a: Number(row.a),
        b: Number(row.b),
        c: Number(row.c),
        text: String(row.text ?? ""),
      };
    })
  );
}
