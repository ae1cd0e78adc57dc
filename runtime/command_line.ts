import { parseArgs } from "node:util";
import { EXIT } from "./reduce/exit_codes.ts";
import { UserError } from "./user_error.ts";

/** How a run differs from what its plan says, and what is shown of it. */
export type RunOptions = Readonly<{
  /** Each `URL`, or `NAME=URL`. */
  base: readonly string[];
  seed: string | null;
  transport: string | null;
  /** As on the command line: which part of the run this is, when its load begins, and by how many workers. */
  shard: string | null;
  startAt: string | null;
  workers: string | null;
  out: string;
  reports: readonly string[];
  json: boolean;
  quiet: boolean;
  color: boolean;
  dryRun: boolean;
}>;

/** What an executable was asked to do. */
export type Command =
  | Readonly<{ verb: "run"; options: RunOptions }>
  | Readonly<{ verb: "plan"; options: RunOptions; json: boolean }>
  | Readonly<{ verb: "report"; ledgers: readonly string[]; options: RunOptions }>
  | Readonly<{ verb: "verify"; ledgers: readonly string[] }>
  | Readonly<{ verb: "replay"; ledger: string }>
  | Readonly<{ verb: "help" | "version" }>;

/** Where runs lay their files, and the only folder an executable may write to, unless it was built with another. */
export const OUT_FOLDER = "z6c-out";

/** The flags of a run, the same for `z6c run` and for executables. */
export const RUN_FLAGS = [
  ["--base URL", "send to this scheme, host and port instead of the plan's; NAME=URL: of target NAME"],
  ["--seed N", "another seed: other draws, the same plan otherwise"],
  ["--transport NAME", "socket, fetch or epoll, among those that were built in"],
  ["--shard I/N", "the I-th of N parts, each on a machine of its own (docs/sharding.md)"],
  ["--start-at TIME", "begin the load then: 2026-11-21T20:15:00Z, or +30s"],
  ["--workers N", "divide the run among N threads, a ledger each"],
  ["--out DIR", `folder for ledger and reports (${OUT_FOLDER})`],
  ["--report LIST", "also write reports beside the ledger: text, json, html, junit, markdown, prometheus"],
  ["--json", "print the report as JSON instead of text"],
  ["--quiet", "print nothing while it runs"],
  ["--no-color", "plain text (also: NO_COLOR)"],
  ["--dry-run", "show the plan, check this machine, send nothing"],
] as const;

const EXIT_CODES = [
  [EXIT.passed, "passed"],
  [EXIT.failed, "a threshold was missed"],
  [EXIT.invalid, "measurement invalid: the generator was the bottleneck"],
  [EXIT.badInput, "invalid scenario or arguments"],
  [EXIT.interrupted, "interrupted"],
  [EXIT.error, "anything else"],
] as const;

/** The exit codes, a line each, for `--help`. */
export function exitCodeHelp(): string {
  return EXIT_CODES.map(([code, meaning]) => `  ${String(code).padStart(3)}  ${meaning}`).join("\n");
}

/** The help of an executable that was built from `name`. */
export function helpText(name: string): string {
  const flags = RUN_FLAGS.map(([flag, meaning]) => `  ${flag.padEnd(18)} ${meaning}`).join("\n");
  return `${name}: a load test, compiled by z6c

Usage
  ./${name} [run] [flags]     run the test
  ./${name} plan [--json]     show what it will do
  ./${name} report LEDGER…    show the report of a run again, of its shards as one
  ./${name} replay LEDGER     run it again as its ledger tells, and compare
  ./${name} verify LEDGER…    compute every decision of a run again, from plan and seed

Flags
${flags}
  --help, --version

Exit codes
${exitCodeHelp()}`;
}

/** Reads an executable's arguments; `outFolder` is where it may write. Throws `UserError` (104). */
export function readCommandLine(args: readonly string[], outFolder: string): Command {
  const { values, positionals } = parse(args);
  if (values.help === true) return { verb: "help" };
  if (values.version === true) return { verb: "version" };
  const options: RunOptions = {
    base: values.base ?? [],
    seed: values.seed ?? null,
    transport: values.transport ?? null,
    shard: values.shard ?? null,
    startAt: values["start-at"] ?? null,
    workers: values.workers ?? null,
    out: values.out ?? outFolder,
    reports: readReports(values.report),
    json: values.json === true,
    quiet: values.quiet === true,
    color: values["no-color"] !== true && !Deno.noColor,
    dryRun: values["dry-run"] === true,
  };
  const [verb = "run", ...rest] = positionals;
  if (verb === "report" && rest.length > 0) return { verb, ledgers: rest, options };
  if (verb === "verify" && rest.length > 0) return { verb, ledgers: rest };
  if (verb === "report" || verb === "verify") {
    throw usage(`${verb} wants a ledger, or those of all shards of a run`);
  }
  if (verb === "replay" && rest.length === 1) return { verb, ledger: rest[0] };
  if (verb === "replay") throw usage("replay wants one ledger");
  if (rest.length > 0) throw usage(`nothing is expected behind ${verb}, and there is "${rest[0]}"`);
  if (verb === "run") return { verb, options };
  if (verb === "plan") return { verb, options, json: options.json };
  throw usage(`there is no verb "${verb}"; there are run, plan, report, verify and replay`);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        base: { type: "string", multiple: true },
        seed: { type: "string" },
        transport: { type: "string" },
        shard: { type: "string" },
        "start-at": { type: "string" },
        workers: { type: "string" },
        out: { type: "string", short: "o" },
        report: { type: "string" },
        json: { type: "boolean" },
        quiet: { type: "boolean", short: "q" },
        "no-color": { type: "boolean" },
        "dry-run": { type: "boolean" },
        help: { type: "boolean", short: "h" },
        version: { type: "boolean", short: "V" },
      },
    });
  } catch (cause) {
    throw usage(cause instanceof Error ? cause.message.split(". ")[0] : String(cause));
  }
}

/** What `--report` names. */
export const REPORTS = ["text", "json", "html", "junit", "markdown", "prometheus"];

/** `text,json` → its parts. Throws `UserError` (104). */
export function readReports(list: string | undefined): string[] {
  const reports = (list ?? "").split(",").map((name) => name.trim()).filter((name) => name !== "");
  for (const name of reports) {
    if (!REPORTS.includes(name)) {
      throw usage(`there is no report "${name}"; there are ${REPORTS.join(", ")}`);
    }
  }
  return reports;
}

function usage(problem: string): UserError {
  return new UserError(`${problem} (--help shows all arguments)`, EXIT.badInput);
}
