import { counted, percent } from "../runtime/report/format.ts";
import { liveBlock, type Progress } from "../runtime/report/live.ts";
import { closedScenario } from "./closed_scenario.ts";
import { type Contestant, HELLO, subjectContestant } from "./contestant.ts";
import { NotInstalled } from "./installed.ts";
import { startNginx } from "./nginx.ts";
import { CLIENT_CORE, loadSeconds, servedWindowOf, SERVER_CORE } from "./served_table.ts";
import { type ServedWindow, servedWindow } from "./served_window.ts";
import { type Spread, spread } from "./statistics.ts";
import { type BenchOptions, failedRow, type Table } from "./table.ts";
import { inTurns } from "./turns.ts";
import { type WatchedTerminal, watchedTerminal } from "./watched_terminal.ts";

const TRANSPORTS = ["epoll", "socket"] as const;
const SCRIPT = "/usr/bin/script";
const COLUMNS = [
  "load",
  "client",
  "requests/s",
  "on ÷ off",
  "range of it",
  "user CPU a request",
  "on ÷ off",
  "range of it",
  "lag p99, off",
  "lag p99, on",
];

/** As `ProgressScreen` draws. */
const PICTURES_PER_SECOND = 4;
const PICTURES = 8;
const PROGRESS: Progress = {
  name: "shop-evening",
  stage: "nine-o-clock",
  stageProgress: 0.5,
  elapsedTicks: 0,
  totalTicks: 120_000_000,
  hasMessages: false,
  sessions: { started: 1_234_567, active: 4_321, dropped: 12 },
  requests: { issued: 12_345_678, messages: 0, failed: 1_234, unexpected: 56, inFlight: 4_300 },
  requestsPerSecond: 50_000,
  lagMaxTicks: 132,
  errors: [{ code: 3501, name: "wait.timeout", count: 1_234 }],
};

type Amounts = Readonly<{ connections: number; rate: number }>;
type Load = Readonly<{ label: string; key: string; off: Contestant; on: Contestant }>;
type Measured = ServedWindow & Readonly<{ lagMs: number; drawnBytes: number }>;

/** The same run with and without its live screen, in turn, on a terminal that somebody looks at. */
export async function liveScreen(options: BenchOptions): Promise<Table> {
  if (!isThere(SCRIPT)) throw new NotInstalled("script, of util-linux,");
  const nginx = await startNginx(SERVER_CORE);
  await using terminal = await watchedTerminal(SCRIPT);
  const window = servedWindowOf(options);
  const amounts = options.isToy ? { connections: 8, rate: 1_000 } : { connections: 64, rate: 10_000 };
  try {
    const loads = await loadsOf(options.folder, nginx.url, loadSeconds(window), amounts, terminal);
    const contestants = loads.flatMap(({ off, on }) => [off, on]);
    const outcomes = await inTurns(contestants, options.rounds, async (contestant): Promise<Measured> => {
      const before = terminal.drawnBytes();
      const served = await servedWindow(contestant, CLIENT_CORE, nginx, window);
      const drawnBytes = terminal.drawnBytes() - before;
      return { ...served, lagMs: JSON.parse(served.stdout).generator.lag.p99 / 1000, drawnBytes };
    });
    const rows: string[][] = [];
    const values: Record<string, number> = {};
    for (const [at, { label, key, off: { name } }] of loads.entries()) {
      const [off, on] = outcomes.slice(2 * at, 2 * at + 2);
      const failure = off.failure ?? on.failure;
      if (failure !== null) rows.push(failedRow([label, name], failure, COLUMNS.length));
      else addRow(rows, values, [label, name, key], off.results, on.results);
    }
    const pictureMicroseconds = spread(await drawn(terminal.path, options.rounds)).median;
    return {
      name: "live_screen",
      title: "What the live screen costs",
      note: noteOf(options, pictureMicroseconds),
      columns: COLUMNS,
      rows,
      values: { ...values, pictureMicroseconds },
    };
  } finally {
    await nginx.stop();
  }
}

function noteOf({ rounds, isToy, seconds }: BenchOptions, pictureMicroseconds: number): string {
  const share = percent(pictureMicroseconds * PICTURES_PER_SECOND, 2);
  return `${counted(rounds, "round")} of ${isToy ? 0.2 : seconds} s, each run once without its live screen ` +
    "(`--quiet`) and once with it, on a terminal of `script` that takes in all that is drawn; medians, and ratios of one " +
    "round each. Requests are counted by nginx, CPU by the system, and lag is z6c's own report. One core each for client and " +
    `nginx. A picture alone, drawn over and over, takes ${pictureMicroseconds.toFixed(0)} µs: ` +
    `${PICTURES_PER_SECOND} a second are ${share} of a core.`;
}

/** How many microseconds a picture takes, several times. Between some of them the terminal is read empty. */
async function drawn(path: string, rounds: number): Promise<number[]> {
  using file = Deno.openSync(path, { write: true });
  const encoder = new TextEncoder();
  const took: number[] = [];
  for (let round = -1; round < 10 * rounds; round++) {
    const start = performance.now();
    for (let at = 0; at < PICTURES; at++) {
      const progress = { ...PROGRESS, elapsedTicks: at * 250_000, requestsPerSecond: 50_000 + at };
      file.writeSync(
        encoder.encode(liveBlock(progress, { width: 120, color: true }).join("\n") + "\x1b[4A\r"),
      );
    }
    // The first ones are compiled meanwhile.
    if (round >= 0) took.push(((performance.now() - start) * 1000) / PICTURES);
    await new Promise((next) => setTimeout(next, 20));
  }
  return took;
}

/** Closed and open, by each transport. */
async function loadsOf(
  folder: string,
  base: string,
  seconds: number,
  { connections, rate }: Amounts,
  { path }: WatchedTerminal,
): Promise<Load[]> {
  return await Promise.all(TRANSPORTS.flatMap((transport) => {
    const closed = `screen-closed-${transport}`;
    const open = `screen-open-${transport}`;
    const texts: readonly (readonly [string, string, string])[] = [
      [
        `closed, ${connections} connections`,
        closed,
        closedScenario({ name: closed, base, transport, vus: connections, seconds }),
      ],
      [
        `open, ${rate.toLocaleString("en")}/s`,
        open,
        openScenario(open, base, transport, seconds, { connections, rate }),
      ],
    ];
    return texts.map(async ([label, key, text]): Promise<Load> => {
      const off = await subjectContestant(folder, key, text, `z6c ${transport}`);
      const [program] = off.command;
      // Its standard error alone is the terminal; the shell gives way to the program.
      const command = ["sh", "-c", `exec "$1" --json 2> ${path}`, "sh", program];
      return { label, key, off, on: { ...off, command } };
    });
  }));
}

function openScenario(
  name: string,
  base: string,
  transport: string,
  seconds: number,
  { connections, rate }: Amounts,
): string {
  return `name = "${name}"
[target]
base = "${base}"
transport = "${transport}"
connections = "shared:${connections}"
[load]
model = "open"
max_vus = 1_000
stages = [{ for = "${seconds}s", rate = "${rate}/s" }]
${HELLO}`;
}

function addRow(
  rows: string[][],
  values: Record<string, number>,
  [label, name, key]: readonly [string, string, string],
  off: readonly Measured[],
  on: readonly Measured[],
): void {
  if (off.some(({ drawnBytes }) => drawnBytes > 0)) throw new Error(`${key} drew without being asked to`);
  if (on.some(({ drawnBytes }) => drawnBytes === 0)) throw new Error(`${key} drew nothing`);
  const ratio = (pick: (it: Measured) => number) => spread(on.map((it, at) => pick(it) / pick(off[at])));
  const [rate, user] = [ratio((it) => it.rate), ratio((it) => it.userMicroseconds)];
  const lag = (runs: readonly Measured[]) => spread(runs.map(({ lagMs }) => lagMs)).median;
  rows.push([
    label,
    name,
    Math.round(spread(off.map((it) => it.rate)).median).toLocaleString("en"),
    ...ratioCells(rate),
    `${spread(off.map((it) => it.userMicroseconds)).median.toFixed(2)} µs`,
    ...ratioCells(user),
    `${lag(off).toFixed(3)} ms`,
    `${lag(on).toFixed(3)} ms`,
  ]);
  values[`${key}_rate_ratio`] = rate.median;
  values[`${key}_user_ratio`] = user.median;
  values[`${key}_lag_p99_ratio`] = ratio((it) => Math.max(0.001, it.lagMs)).median;
}

function ratioCells({ median, min, max }: Spread): string[] {
  return [percent(median * 1e6), `${percent(min * 1e6)}–${percent(max * 1e6)}`];
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
