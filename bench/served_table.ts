import type { Contestant } from "./contestant.ts";
import type { CountingServer } from "./counting_server.ts";
import { type ServedWindow, servedWindow, type Window } from "./served_window.ts";
import { spread } from "./statistics.ts";
import { type BenchOptions, failedRow, type Table } from "./table.ts";
import { inTurns, type Outcome } from "./turns.ts";

/** The core of every client; servers have the other. */
export const CLIENT_CORE = 0;
/** That of every server. */
export const SERVER_CORE = 1;

/** Contestants that do the same against one server. `key`: in the names of values. */
export type ServedCase = Readonly<{
  label: string;
  key: string;
  server: CountingServer;
  contestants: readonly Contestant[];
}>;

/** What is counted, and who the others are compared with. */
export type ServedUnit = Readonly<{ one: string; many: string; ruler: string; cases: string }>;

/** One case for each number of connections that is measured. */
export function casesByConnections(
  { isToy }: BenchOptions,
  server: CountingServer,
  contestantsOf: (connections: number) => Promise<readonly Contestant[]>,
): Promise<ServedCase[]> {
  return Promise.all((isToy ? [8] : [64, 512]).map(async (connections) => ({
    label: connections.toLocaleString("en"),
    key: String(connections),
    server,
    contestants: await contestantsOf(connections),
  })));
}

/** When to count, in the middle of each run. */
export function servedWindowOf({ isToy, seconds }: BenchOptions): Window {
  return isToy ? { warmupSeconds: 0.1, seconds: 0.2 } : { warmupSeconds: 1, seconds };
}

/** How long the load lasts: half a second more than the window, so that it ends before the client does. */
export function loadSeconds({ warmupSeconds, seconds }: Window): number {
  return Math.ceil(warmupSeconds + seconds + 0.5);
}

/** Runs each case, all of its contestants in turn, and tells how much the server served. */
export async function servedTable(
  cases: readonly ServedCase[],
  unit: ServedUnit,
  { rounds, ...options }: BenchOptions,
): Promise<Pick<Table, "columns" | "rows" | "values">> {
  const window = servedWindowOf({ rounds, ...options });
  const columns = [
    unit.cases,
    "client",
    `${unit.many}/s`,
    "range",
    `ratio to ${unit.ruler}`,
    "range of it",
    "of its core",
    `user CPU a ${unit.one}`,
  ];
  const rows: string[][] = [];
  const values: Record<string, number> = {};
  for (const it of cases) {
    const outcomes = await inTurns(
      it.contestants,
      rounds,
      (contestant) => servedWindow(contestant, CLIENT_CORE, it.server, window),
    );
    addRows(rows, values, it, outcomes, unit.ruler, columns.length);
  }
  return { columns, rows, values };
}

/** How the figures were got, for the table's note. */
export function servedNote(countedBy: string, { warmupSeconds, seconds }: Window): string {
  return `in turn; medians and ranges. ${countedBy}, and CPU by the system, ` +
    `for ${seconds} s from ${warmupSeconds} s after the first on; a ratio is of one round. ` +
    "A client that takes less than its core waits for the server, which has the other. z6c writes its whole ledger meanwhile.";
}

function addRows(
  rows: string[][],
  values: Record<string, number>,
  { label, key, contestants }: ServedCase,
  outcomes: readonly Outcome<ServedWindow>[],
  ruler: string,
  columns: number,
): void {
  const beside = outcomes[contestants.findIndex(({ name }) => name === ruler)];
  for (const [at, { name }] of contestants.entries()) {
    const { results, failure } = outcomes[at];
    const first = [label, name];
    if (failure !== null) {
      rows.push(failedRow(first, failure, columns));
      continue;
    }
    const of = (pick: (it: ServedWindow) => number) => spread(results.map(pick));
    const rate = of(({ rate }) => rate);
    const user = of(({ userMicroseconds }) => userMicroseconds).median;
    values[`${name}_${key}_rate`] = rate.median;
    values[`${name}_${key}_user_microseconds`] = user;
    const whole = (value: number) => Math.round(value).toLocaleString("en");
    const cells = [...first, whole(rate.median), `${whole(rate.min)}–${whole(rate.max)}`];
    if (beside === undefined || beside.failure !== null) cells.push("", "");
    else {
      const ratio = spread(results.map(({ rate }, round) => rate / beside.results[round].rate));
      values[`${name}_${key}_ratio`] = ratio.median;
      cells.push(ratio.median.toFixed(2), `${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)}`);
    }
    rows.push([...cells, `${(of(({ busy }) => busy).median * 100).toFixed(0)}%`, `${user.toFixed(2)} µs`]);
  }
}
