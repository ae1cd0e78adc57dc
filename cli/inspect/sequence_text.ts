/** One session as a sequence diagram: the user on the left, the target on the right, time downwards. */
import { KIND } from "../../runtime/ledger/record.ts";
import type { Plan, Tick } from "../../runtime/plan.ts";
import { requestOfStep } from "../../runtime/reduce/messaging.ts";
import { isOnWebSocket } from "../../runtime/reduce/scope.ts";
import { bytes, count, duration } from "../../runtime/report/format.ts";
import { wrappedItems } from "../../runtime/report/page.ts";
import { cut, wrapped } from "../../runtime/report/table.ts";
import { textWidth } from "../../runtime/text_width.ts";
import { targetWord } from "./filter_names.ts";
import { sentWord, sessionWord, stepWord, tickWord } from "./plan_words.ts";
import {
  answerWord,
  blockedItem,
  endWord,
  items,
  lagItem,
  messageWord,
  recordWords,
  said,
} from "./record_words.ts";
import type { SessionRecords, ToldRecord } from "./session_records.ts";

const TIME_WIDTH_MIN = 12;

/** Lines no wider than `width`, which should be 40 or more. */
export function sequenceText(plan: Plan, session: SessionRecords, width: number): string[] {
  const { records, total } = session;
  const startTick = records.find(({ kind }) => kind === KIND.sessionStarted)?.tick ?? records[0]?.tick ?? 0;
  const longest = Math.max(0, ...records.map(({ tick }) => sinceWord(tick - startTick).length));
  const timeWidth = Math.max(TIME_WIDTH_MIN, longest + 1);
  const arrow = Math.min(40, Math.max(14, Math.floor((width - timeWidth - 4) * 0.45)));
  const drawing = new Drawing(plan, startTick, { time: timeWidth, arrow, all: width });
  for (const record of records) drawing.add(record);
  const missing = total - records.length;
  return [
    ...wrappedItems(headItems(plan, session), width),
    "",
    " ".repeat(timeWidth) + "user".padEnd(arrow) + "target",
    ...drawing.lines,
    ...(missing > 0 ? [`… ${count(missing)} records more; --all shows them`] : []),
  ].map((line) => cut(line, width));
}

function headItems(plan: Plan, { session, records }: SessionRecords): string[] {
  const start = records.find(({ kind }) => kind === KIND.sessionStarted);
  const end = records.find(({ kind }) => kind === KIND.sessionEnded);
  const name = sessionWord(session);
  const stage = plan.load.stages[start?.a ?? -1];
  return [
    /^\d/.test(name) ? `session ${name}` : name,
    ...(start === undefined ? [] : [
      `flow ${plan.flows[start.step ?? -1]?.name ?? start.step}`,
      ...(stage === undefined ? [] : [`stage ${stage.name}`]),
      `VU ${start.vu}`,
      `from ${tickWord(start.tick)}`,
      ...(end === undefined ? [] : [`${duration(end.tick - start.tick)} long`]),
    ]),
    end === undefined ? "without an end" : endWord(end.a),
  ];
}

class Drawing {
  readonly lines: string[] = [];
  readonly #plan: Plan;
  readonly #startTick: Tick;
  readonly #width: Readonly<{ time: number; arrow: number; all: number }>;
  #issuedTick: Tick = 0;
  #waitedTicks: Tick = 0;

  constructor(plan: Plan, startTick: Tick, width: Readonly<{ time: number; arrow: number; all: number }>) {
    this.#plan = plan;
    this.#startTick = startTick;
    this.#width = width;
  }

  add(record: ToldRecord): void {
    const { kind, tick, a, b, c, text } = record;
    const step = record.step ?? -1;
    switch (kind) {
      case KIND.requestPlanned:
        return;
      case KIND.requestIssued:
        this.#issuedTick = tick;
        this.#waitedTicks = a + b;
        return this.#issued(step, record);
      case KIND.responseEnded: {
        const service = tick - this.#issuedTick;
        const response = service + this.#waitedTicks;
        if (isOnWebSocket(this.#plan.steps[step])) {
          const what = (c & 0xffff) === 0 ? "got it" : `closed with ${c & 0xffff}`;
          return this.#says(tick, items([what, duration(response)]));
        }
        return this.#arrives(tick, answerWord(c & 0xffff), [
          duration(response),
          response === service ? "" : `service ${duration(service)}`,
          `first byte ${duration(a)}`,
          bytes(b),
        ]);
      }
      case KIND.requestFailed:
        return this.#line(
          tick,
          this.#shaft("✗", recordWords(this.#plan, { ...record, text: null }), "╌", ""),
          [
            duration(tick - this.#issuedTick),
            said(text),
          ],
        );
      case KIND.messageReceived:
        return this.#arrives(tick, messageWord(c), [bytes(b)]);
      case KIND.frameAnswered:
        return this.#line(tick, this.#shaft("", messageWord(a), "─", "▶"), [bytes(b)]);
      case KIND.connectionOpened:
      case KIND.connectionSecured:
      case KIND.connectionClosed: {
        const [first, ...rest] = recordWords(this.#plan, record).split(" · ");
        return this.#line(tick, this.#shaft("", first, "╌", ""), rest);
      }
      case KIND.checkFailed:
        return this.#says(tick, `✗ ${recordWords(this.#plan, record)}`);
      case KIND.conditionMet:
      case KIND.groupEnded:
        return this.#says(tick, `${stepWord(this.#plan, step)}: ${recordWords(this.#plan, record)}`);
      default:
        return this.#says(tick, recordWords(this.#plan, record));
    }
  }

  #issued(step: number, { tick, a, b, c }: ToldRecord): void {
    const { kind, target } = requestOfStep(this.#plan, step) ?? { kind: "http", target: 0 };
    const notes = [
      this.#plan.steps[step]?.name ?? String(step),
      target === 0 ? "" : `to ${targetWord(this.#plan, target)}`,
      lagItem(a),
      blockedItem(b),
      c > 0 ? bytes(c) : "",
    ];
    if (kind === "receive") this.#says(tick, items([sentWord(this.#plan, step), ...notes]));
    else this.#line(tick, this.#shaft("", sentWord(this.#plan, step), "─", "▶"), notes);
  }

  #arrives(tick: Tick, label: string, notes: readonly string[]): void {
    this.#line(tick, this.#shaft("◀", label, "─", ""), notes);
  }

  /** `── GET /items ─────▶` */
  #shaft(begin: string, label: string, stroke: string, end: string): string {
    const room = this.#width.arrow - 2 - begin.length - end.length;
    const shown = cut(` ${label} `, room - 4);
    return `${begin}${stroke.repeat(2)}${shown}${stroke.repeat(room - 2 - textWidth(shown))}${end}`;
  }

  /** What has no room beside the arrow stands below. */
  #line(tick: Tick, shaft: string, notes: readonly string[]): void {
    const { time, arrow, all } = this.#width;
    const said = wrappedItems(notes.filter((note) => note !== ""), all - time - arrow - 1);
    const [first = "", ...more] = said;
    const below = `${" ".repeat(time)}│${" ".repeat(arrow - 2)}│ `;
    this.lines.push(`${this.#time(tick)}│${shaft}│ ${first}`.trimEnd(), ...more.map((line) => below + line));
  }

  #says(tick: Tick, text: string): void {
    const { time, all } = this.#width;
    const [first, ...more] = wrapped(text, all - time - 4);
    this.lines.push(`${this.#time(tick)}│ ${first}`, ...more.map((line) => `${" ".repeat(time)}│   ${line}`));
  }

  /** Since the session's start. */
  #time(tick: Tick): string {
    return `${sinceWord(tick - this.#startTick).padStart(this.#width.time - 1)} `;
  }
}

function sinceWord(ticks: Tick): string {
  return `${ticks < 0 ? "−" : "+"}${tickWord(Math.abs(ticks))}`;
}
