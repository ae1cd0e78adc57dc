/** Entries as aligned lines: widths are known beforehand, so that lines can be printed as they are found. */
import { kindName } from "../../runtime/ledger/decode.ts";
import { requestError } from "../../runtime/ledger/errors.ts";
import { KIND } from "../../runtime/ledger/record.ts";
import type { Plan } from "../../runtime/plan.ts";
import { checkText } from "../../runtime/reduce/check_text.ts";
import { duration, errorCode } from "../../runtime/report/format.ts";
import { cut } from "../../runtime/report/table.ts";
import { aligned, textWidth } from "../../runtime/text_width.ts";
import type { EntryMode } from "./entries.ts";
import type { Entry, Note } from "./entry.ts";
import { sessionWord, stepWord, tickWord } from "./plan_words.ts";
import { answerWord, captureWord, items, recordWords, said } from "./record_words.ts";

type ListColumn = Readonly<{
  title: string;
  width: number;
  align: "left" | "right";
  /** On a narrow screen the highest go first; 0 stays. */
  optional: number;
  of: (entry: Entry) => string;
}>;

const GAP = 2;
const STEP_TITLE = "flow/step";
const STEP_WIDTH_MIN = STEP_TITLE.length;
const STEP_WIDTH_MAX = 28;
/** On a screen that is not narrow, notes have so much room at least. */
const NOTE_WIDTH_MIN = 16;
const NARROW = 100;
/** With less room than this, there is no note. */
const NOTE_LEAST = 6;

export class Listing {
  readonly #columns: readonly ListColumn[];
  readonly #width: number;
  readonly #noteOf: (entry: Entry) => string;

  constructor(plan: Plan, mode: EntryMode, width: number) {
    this.#width = width;
    this.#columns = fitting(mode === "requests" ? requestColumns(plan, width) : recordColumns(plan), width);
    this.#noteOf = mode === "requests"
      ? (entry) => requestNote(plan, entry)
      : (entry) => recordNote(plan, entry);
  }

  /** The titles. */
  get head(): string {
    return this.#line(this.#columns.map(({ title }) => title), "");
  }

  line(entry: Entry): string {
    return this.#line(this.#columns.map(({ of }) => of(entry)), this.#noteOf(entry));
  }

  #line(cells: readonly string[], note: string): string {
    const padded = this.#columns.map(({ width, align }, index) =>
      aligned(cut(cells[index], width), width, align)
    );
    const line = padded.join(" ".repeat(GAP));
    const room = this.#width - textWidth(line) - GAP;
    const noted = note === "" || room < NOTE_LEAST ? line : line + " ".repeat(GAP) + cut(note, room);
    return cut(noted.trimEnd(), this.#width);
  }
}

/** What went wrong with a request, what it found, and whether it opened its connection. */
export function requestNote(plan: Plan, { step, notes, connection }: Entry): string {
  return items([
    ...notes.map((note) => noteWords(plan, step, note)),
    connection === "opened" ? "opened its connection" : "",
  ]);
}

/** `buy/pay`; `buy/` of what has a flow and no step. */
export function placeWord(plan: Plan, { step, flow }: Entry): string {
  if (step >= 0) return stepWord(plan, step);
  return flow < 0 ? "" : `${plan.flows[flow]?.name}/`;
}

/** `200`, `Z3201 connect.refused`, `sent`. */
export function outcomeWord({ outcome, status, error }: Entry): string {
  switch (outcome) {
    case "good":
      return answerWord(status);
    case "unexpected":
      return `${answerWord(status)} ✗`;
    case "failed":
      return `${errorCode(error)} ${requestError(error).name}`;
    case "cancelled":
    case "sent":
      return outcome;
    case null:
      return "";
  }
}

function noteWords(plan: Plan, step: number, { kind, a, text }: Note): string {
  switch (kind) {
    case KIND.checkFailed:
      return `not ${checkText(plan, step, a)}${text === "" ? "" : `: ${said(text)}`}`;
    case KIND.valueCaptured:
      return `${captureWord(plan, a)} = ${said(text)}`;
    default:
      return said(text);
  }
}

/** What a single record says. */
export function recordNote(plan: Plan, entry: Entry): string {
  const isOfFlow = entry.kind === KIND.sessionStarted || entry.kind === KIND.sessionEnded;
  const step = isOfFlow ? entry.flow : entry.step;
  return recordWords(plan, { ...entry, step: step < 0 ? null : step, text: entry.notes.at(0)?.text ?? null });
}

function requestColumns(plan: Plan, screenWidth: number): ListColumn[] {
  const time = (title: string, optional: number, of: (entry: Entry) => number): ListColumn => {
    const word = (entry: Entry) => of(entry) < 0 ? "" : duration(of(entry));
    return { title, width: 8, align: "right", optional, of: word };
  };
  return [
    ...placeColumns(plan),
    { title: "outcome", width: screenWidth < NARROW ? 12 : 22, align: "left", optional: 0, of: outcomeWord },
    time("response", 0, (entry) => entry.responseTicks),
    time("service", 5, (entry) => entry.serviceTicks),
    time("1st byte", 4, (entry) => entry.firstByteTicks),
    time("lag", 3, (entry) => entry.lagTicks),
  ];
}

function recordColumns(plan: Plan): ListColumn[] {
  return [
    ...placeColumns(plan),
    { title: "kind", width: 17, align: "left", optional: 0, of: ({ kind }) => kindName(kind) },
  ];
}

function placeColumns(plan: Plan): ListColumn[] {
  const names = plan.steps.map((_, step) => textWidth(stepWord(plan, step)));
  const width = Math.min(STEP_WIDTH_MAX, Math.max(STEP_WIDTH_MIN, ...names));
  return [
    { title: "tick", width: 13, align: "right", optional: 0, of: ({ tick }) => tickWord(tick) },
    { title: "session", width: 8, align: "right", optional: 1, of: ({ session }) => sessionWord(session) },
    { title: "vu", width: 5, align: "right", optional: 6, of: ({ vu }) => vu < 0 ? "" : String(vu) },
    {
      title: STEP_TITLE,
      width,
      align: "left",
      optional: 0,
      of: (entry) => placeWord(plan, entry),
    },
  ];
}

/** Optional columns go until there is room for a note; where that does not help, the step's is made narrower. */
function fitting(columns: readonly ListColumn[], width: number): readonly ListColumn[] {
  const noteWidth = width < NARROW ? 0 : NOTE_WIDTH_MIN;
  for (let shown = columns;;) {
    const total = shown.reduce((sum, column) => sum + column.width + GAP, 0);
    if (total + noteWidth <= width) return shown;
    const dearest = Math.max(...shown.map(({ optional }) => optional));
    if (dearest === 0) {
      const narrower = (step: number) => Math.max(STEP_WIDTH_MIN, step - Math.max(0, total - GAP - width));
      return shown.map((it) => it.title === STEP_TITLE ? { ...it, width: narrower(it.width) } : it);
    }
    shown = shown.filter(({ optional }) => optional < dearest);
  }
}
