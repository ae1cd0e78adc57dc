/** What every VU is doing at a tick, as lines. */
import { requestError } from "../../runtime/ledger/errors.ts";
import type { Plan, Tick } from "../../runtime/plan.ts";
import { grpcStatusName } from "../../runtime/reduce/status_name.ts";
import { count, counted, duration, errorCode } from "../../runtime/report/format.ts";
import { type Column, cut, table } from "../../runtime/report/table.ts";
import { sessionWord, stepWord, tickWord } from "./plan_words.ts";
import { DOING, type VuStates } from "./vu_states.ts";

export type StatesPage = Readonly<{
  plan: Plan;
  tick: Tick;
  width: number;
  /** How many VUs are shown, and how many that carry a session are passed over before. */
  limit: number;
  skip: number;
}>;

const COLUMNS: readonly Column[] = [
  { title: "vu", align: "right", optional: 0 },
  { title: "session", align: "right", optional: 0 },
  { title: "flow/step", align: "left", optional: 0 },
  { title: "doing", align: "left", optional: 0 },
  { title: "for", align: "right", optional: 1 },
  { title: "last answer", align: "left", optional: 2 },
  { title: "stage", align: "left", optional: 4 },
  { title: "requests", align: "right", optional: 3 },
];

/** Lines that are not wider than `width`. */
export function statesText(states: VuStates, page: StatesPage): string[] {
  const { width, limit, skip, tick, plan } = page;
  const { doing } = states.columns;
  const counts = new Map<number, number>();
  const shown: number[] = [];
  for (let vu = 0, busy = 0; vu < states.capacity; vu++) {
    if (doing[vu] === DOING.nothing) continue;
    counts.set(doing[vu], (counts.get(doing[vu]) ?? 0) + 1);
    if (busy++ >= skip && shown.length < limit) shown.push(vu);
  }
  const busy = [...counts.values()].reduce((sum, one) => sum + one, 0);
  const rest = busy - skip - shown.length;
  return [
    ...headLines(states, page, counts, busy),
    ...(shown.length === 0 ? [] : table(COLUMNS, shown.map((vu) => row(plan, states, vu, tick)), width)),
    ...(rest > 0 ? [`… and ${counted(rest, "VU")} more`] : []),
  ].map((line) => cut(line, width));
}

function headLines(
  states: VuStates,
  { plan, tick }: StatesPage,
  counts: ReadonlyMap<number, number>,
  busy: number,
): string[] {
  const stage = plan.load.stages[states.enteredStage]?.name;
  const words = [DOING.inFlight, DOING.wanting, DOING.thinking, DOING.retrying, DOING.between]
    .flatMap((doing) => counts.has(doing) ? [`${count(counts.get(doing) ?? 0)} ${DOES[doing]}`] : []);
  return [
    [
      `at ${tickWord(tick)}`,
      ...(stage === undefined ? [] : [`stage ${stage}`]),
      ...(states.stoppedTick < 0 ? [] : [`stopped at ${tickWord(states.stoppedTick)}`]),
      ...(states.dropped === 0 ? [] : [`${count(states.dropped)} dropped so far`]),
    ].join(" · "),
    [`${counted(busy, "session")} under way`, ...words].join(" · "),
    "",
  ];
}

const DOES: Readonly<Record<number, string>> = {
  [DOING.between]: "between steps",
  [DOING.wanting]: "waiting to send",
  [DOING.inFlight]: "in flight",
  [DOING.thinking]: "thinking",
  [DOING.retrying]: "waiting to try again",
};

function row(plan: Plan, { columns }: VuStates, vu: number, tick: Tick): string[] {
  const doing = columns.doing[vu];
  const waits = doing === DOING.thinking || doing === DOING.retrying;
  const step = columns.step[vu];
  return [
    String(vu),
    sessionWord(columns.session[vu]),
    step === 0xffff ? `${plan.flows[columns.flow[vu]]?.name ?? ""}/` : stepWord(plan, step),
    waits
      ? `${doing === DOING.thinking ? "thinks" : "retries"} until ${tickWord(columns.untilTick[vu])}`
      : DOES[doing],
    duration(tick - columns.sinceTick[vu]),
    answerWord(columns.status[vu], columns.error[vu]),
    plan.load.stages[columns.stage[vu]]?.name ?? "",
    count(columns.requests[vu]),
  ];
}

function answerWord(status: number, error: number): string {
  if (error !== 0) return `${errorCode(error)} ${requestError(error).name}`;
  return status === 0 ? "" : grpcStatusName(status) ?? String(status);
}
