import { terminalSize } from "../../runtime/live/terminal_size.ts";
import { writeReport } from "../../runtime/out_folder.ts";
import type { Integrity } from "../../runtime/ledger/reader.ts";
import { SESSION } from "../../runtime/ledger/record.ts";
import type { Tick } from "../../runtime/plan.ts";
import { EXIT } from "../../runtime/reduce/exit_codes.ts";
import { count, counted } from "../../runtime/report/format.ts";
import { UserError } from "../../runtime/user_error.ts";
import { readAskedNumber } from "../inspect/asked_number.ts";
import { BlockIndex } from "../inspect/block_index.ts";
import { EntryFold, type EntryMode } from "../inspect/entries.ts";
import type { Entry } from "../inspect/entry.ts";
import { entryJson } from "../inspect/entry_json.ts";
import { type Filter, filterText, speaksOf } from "../inspect/filter.ts";
import { isOfRecords } from "../inspect/filter_fields.ts";
import { type FilterNames, filterNames } from "../inspect/filter_names.ts";
import { Listing } from "../inspect/listing.ts";
import { type Matcher, matcher } from "../inspect/matcher.ts";
import { type Opened, withLedger } from "../inspect/opened.ts";
import { Printer } from "../inspect/printer.ts";
import { readTime, readWhole } from "../inspect/quantity.ts";
import { readFilter } from "../inspect/read_filter.ts";
import { selectionPage } from "../inspect/selection_page.ts";
import { sequenceText } from "../inspect/sequence_text.ts";
import { recordsOfSessions } from "../inspect/session_records.ts";
import { stateJson } from "../inspect/state_json.ts";
import { statesText } from "../inspect/states_text.ts";
import { stepThrough } from "../inspect/step_terminal.ts";
import { Stepper } from "../inspect/stepper.ts";
import { explainNumber } from "../inspect/why.ts";
import { whyText } from "../inspect/why_text.ts";

/** As they stand on the command line. */
export type InspectOptions = Readonly<{
  limit?: string;
  all?: boolean;
  json?: boolean;
  session?: string;
  at?: string;
  /** Without a name it asks to step; with one it belongs to `why`. */
  step?: string | true;
  why?: string;
  html?: string;
}>;

const LIMIT = 50;
const SESSION_RECORDS = 2_000;
/** Of a page: what it shows, so that it stays small whatever is selected. */
const PAGE = { entries: 1_000, sessions: 100, records: 200, states: 50, vus: 30, width: 80 } as const;
/** Of lines that go to a file or another program. */
const PLAIN_WIDTH = 160;

/** Shows what is in a ledger. Throws `UserError`. */
export async function inspect(path: string, filter: string, options: InspectOptions): Promise<number> {
  const asked = askedFor(filter, options);
  using printer = new Printer();
  try {
    await withLedger(path, (opened) => {
      switch (asked) {
        case "list":
          return list(opened, filter, options, printer);
        case "session":
          return session(opened, options, printer);
        case "at":
        case "step":
          return moment(opened, options, asked, printer);
        case "why":
          return why(opened, options, printer);
        case "html":
          return page(opened, filter, options.html ?? "");
      }
    });
    printer.flush();
  } catch (cause) {
    // Whoever reads has seen enough: `z6c inspect … | head`.
    if (!(cause instanceof Deno.errors.BrokenPipe)) throw cause;
  }
  return EXIT.passed;
}

type Asked = "list" | "session" | "at" | "step" | "why" | "html";

/** Which of its views is wanted; two at once are a mistake. */
function askedFor(filter: string, { session, at, step, why, html }: InspectOptions): Asked {
  const views: Asked[] = [];
  if (session !== undefined) views.push("session");
  if (why !== undefined) views.push("why");
  if (step === true) views.push("step");
  if (at !== undefined && step !== true) views.push("at");
  if (html !== undefined) views.push("html");
  const [first = "list", second] = views;
  if (second !== undefined) throw badInput(`--${first} and --${second} do not go together; ask for one`);
  if (typeof step === "string" && first !== "why") {
    throw badInput(`--step takes a name only with --why; to see a step's requests: 'step == ${step}'`);
  }
  if (filter !== "" && first !== "list" && first !== "html") {
    throw badInput(`--${first} takes no filter, and this one was given: ${filter}`);
  }
  return first;
}

type Selector = Readonly<{ mode: EntryMode; matches: Matcher; needsTexts: boolean }>;

function filterOf(filter: string, names: FilterNames): Filter | null {
  return filter.trim() === "" ? null : readFilter(filter, names);
}

function selectorOf(read: Filter | null, names: FilterNames): Selector {
  if (read === null) return { mode: "requests", matches: () => true, needsTexts: false };
  return {
    mode: speaksOf(read, isOfRecords) ? "records" : "requests",
    matches: matcher(read, names),
    needsTexts: speaksOf(read, (field) => field === "text"),
  };
}

/** Visits the first `limit` entries that match, and counts all. */
function select(
  { ledger }: Opened,
  { mode, matches, needsTexts }: Selector,
  limit: number,
  visit: (entry: Entry) => void,
): { total: number; integrity: Integrity } {
  let total = 0;
  const fold = new EntryFold(ledger.header.plan, mode, (entry) => {
    if (!matches(entry)) return;
    if (++total <= limit) visit(entry);
    else fold.readsTexts = needsTexts;
  });
  const integrity = ledger.scan((block) => fold.visit(block));
  fold.end();
  return { total, integrity };
}

function list(opened: Opened, filter: string, options: InspectOptions, printer: Printer): void {
  const { plan } = opened.ledger.header;
  const names = filterNames(plan);
  const selector = selectorOf(filterOf(filter, names), names);
  const limit = limitOf(options, LIMIT);
  const listing = new Listing(plan, selector.mode, width());
  const json = options.json === true;
  if (!json) printer.print([listing.head]);
  const { total, integrity } = select(opened, selector, limit, (entry) => {
    printer.print([json ? entryJson(plan, selector.mode, entry) : listing.line(entry)]);
  });
  complain(opened, integrity);
  if (json) return;
  const noun = selector.mode === "requests" ? "request" : "record";
  const rest = total > limit ? `the first ${count(limit)} of ${counted(total, noun)}; --all shows all` : "";
  printer.print(["", total === 0 ? `no ${noun} matches` : rest === "" ? counted(total, noun) : rest]);
}

function session(opened: Opened, options: InspectOptions, printer: Printer): void {
  const { plan } = opened.ledger.header;
  const number = sessionNumber(options.session ?? "");
  if (options.json === true) {
    const selector: Selector = { mode: "records", matches: (it) => it.session === number, needsTexts: false };
    select(opened, selector, limitOf(options, SESSION_RECORDS), (entry) => {
      printer.print([entryJson(plan, "records", entry)]);
    });
    return;
  }
  const [found] = recordsOfSessions(opened.ledger, [number], limitOf(options, SESSION_RECORDS));
  if (found.total === 0) throw badInput(`${opened.path} has no session ${options.session}`);
  printer.print(sequenceText(plan, found, width()));
}

async function moment(opened: Opened, options: InspectOptions, asked: "at" | "step", printer: Printer) {
  const { plan } = opened.ledger.header;
  const wanted = options.at === undefined ? null : timeOf(options.at);
  const index = new BlockIndex(opened.source, opened.ledger);
  complain(opened, index.integrity);
  const tick = wanted ?? index.span.firstTick;
  if (asked === "step") {
    return await stepThrough(new Stepper(index, plan, tick), width(), (lines) => {
      printer.print(lines);
      printer.flush();
    });
  }
  const states = index.statesAt(tick);
  const limit = limitOf(options, LIMIT);
  if (options.json === true) printer.print(stateJson(plan, states, limit));
  else printer.print(statesText(states, { plan, tick, width: width(), limit, skip: 0 }));
}

function why(opened: Opened, options: InspectOptions, printer: Printer): void {
  const { plan } = opened.ledger.header;
  const step = typeof options.step === "string" ? options.step : null;
  const asked = readAskedNumber(options.why ?? "", step, plan, filterNames(plan));
  const found = explainNumber(opened.ledger, plan, asked);
  if (found === null) throw badInput(`${opened.path} has no sample of ${asked.metric} there`);
  if (options.json !== true) return printer.print(whyText(plan, found, opened.path, width()));
  const around = found.around.map((entry) => JSON.parse(entryJson(plan, "requests", entry)));
  printer.print([
    JSON.stringify({ ...found, asked: { ...asked, step: plan.steps[asked.step]?.name ?? null }, around }),
  ]);
}

function page(opened: Opened, filter: string, path: string): void {
  const { header } = opened.ledger;
  const { plan } = header;
  const names = filterNames(plan);
  const read = filterOf(filter, names);
  const selector = selectorOf(read, names);
  const entries: Entry[] = [];
  const { total, integrity } = select(opened, selector, PAGE.entries, (entry) => {
    entries.push({ ...entry });
  });
  complain(opened, integrity);
  const sessions = firstOf(entries.map((entry) => entry.session).filter((one) => one >= 0), PAGE.sessions);
  const found = recordsOfSessions(opened.ledger, sessions, PAGE.records);
  const index = new BlockIndex(opened.source, opened.ledger);
  const states = firstOf(entries.filter(isOfLoad).map(({ tick }) => tick), PAGE.states).map(
    (tick): [Tick, string[]] => [
      tick,
      statesText(index.statesAt(tick), { plan, tick, width: PAGE.width, limit: PAGE.vus, skip: 0 }),
    ],
  );
  writeReport(
    path,
    selectionPage({
      header,
      filter: read === null ? "" : filterText(read),
      mode: selector.mode,
      entries,
      total,
      sequences: new Map(found.map((one) => [one.session, sequenceText(plan, one, PAGE.width)])),
      states: new Map(states),
    }),
  );
  console.log(`${path}: ${count(entries.length)} of ${count(total)} ${selector.mode}`);
}

/** The first `most` of them, each once. */
function firstOf(numbers: readonly number[], most: number): number[] {
  return [...new Set(numbers)].slice(0, most);
}

function isOfLoad({ session }: Entry): boolean {
  return session !== SESSION.setup && session !== SESSION.teardown;
}

/** On a terminal its width; elsewhere wide enough for most. */
function width(): number {
  return Deno.stdout.isTerminal() ? terminalSize().columns : PLAIN_WIDTH;
}

function limitOf({ limit, all }: InspectOptions, usual: number): number {
  if (all === true) return Infinity;
  if (limit === undefined) return usual;
  const number = readWhole(limit);
  if (number === null) throw badInput(`--limit ${limit} is no number; say --limit 100, or --all`);
  return number;
}

function sessionNumber(text: string): number {
  if (text === "setup" || text === "teardown") return SESSION[text];
  const number = readWhole(text);
  if (number === null) throw badInput(`--session ${text} is no session; say a number, setup or teardown`);
  return number;
}

function timeOf(text: string): Tick {
  const tick = readTime(text);
  if (tick === null) throw badInput(`--at ${text} is no time; say --at 12.5s, 300ms or 2min`);
  return tick;
}

/** Says that what is shown is not everything. */
function complain({ path }: Opened, { state, problem }: Integrity): void {
  if (state !== "whole") console.error(`z6c: ${path} is ${state}: ${problem}`);
}

function badInput(message: string): UserError {
  return new UserError(message, EXIT.badInput);
}
