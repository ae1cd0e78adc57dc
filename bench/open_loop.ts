import { counted } from "../runtime/report/format.ts";
import { type Contestant, HELLO, peerContestant, subjectContestant } from "./contestant.ts";
import { installed, PACED, versionsOf } from "./installed.ts";
import { type Lateness, lateness, latenessAtFirst } from "./lateness.ts";
import { openStage } from "./open_stage.ts";
import { PLAIN_LOAD } from "./peers/peer.ts";
import { runPinned } from "./process.ts";
import { runContestant } from "./run_contestant.ts";
import { stamped, stampingPort } from "./stamped_run.ts";
import { spread } from "./statistics.ts";
import { type BenchOptions, failedRow, type Table } from "./table.ts";
import { inTurns } from "./turns.ts";

const CLIENT_CORE = 0;
const SERVER_CORE = 1;
const TRANSPORTS = ["epoll", "socket"] as const;
/** Enough for 50,000 a second at a millisecond each; what each peer is given, and the most z6c may take. */
const CONNECTIONS = 64;
const COLUMNS = [
  "arrivals",
  "client",
  "came of due",
  "late p50",
  "late p99",
  "range of p99",
  "late max",
  "its own lag p99",
];

/** Engines compile what runs often while it runs: for so long nobody is at his best yet. */
const WARMUP_SECONDS = 2;
/** Rows with this behind the name are of runs without a warm-up. */
const AT_FIRST = ", its first second";
const FIRST_SECONDS = 1;

type Measured = Lateness & Readonly<{ ownLagMs: number | null }>;

/** How late requests come when they are due at a fixed rate, by a server's own stamps. */
export async function openLoop({ folder, seconds, rounds, isToy }: BenchOptions): Promise<Table> {
  const port = stampingPort();
  const peers = await installed(PACED.filter(({ name, pacing }) => name !== "oha" || pacing === "-q"));
  const rows: string[][] = [];
  const values: Record<string, number> = {};
  const [warmupSeconds, measured] = isToy ? [0.3, 0.5] : [WARMUP_SECONDS, seconds];
  for (const rate of isToy ? [1_000] : [1_000, 10_000, 50_000]) {
    const load = {
      ...PLAIN_LOAD,
      url: `http://127.0.0.1:${port}/`,
      connections: CONNECTIONS,
      seconds: Math.ceil(warmupSeconds + measured),
      rate,
      folder,
    };
    const contestants: Contestant[] = [
      ...await Promise.all(TRANSPORTS.map((transport) => {
        const name = `open-${rate}-${transport}`;
        const stages = [openStage(rate, warmupSeconds, true), openStage(rate, load.seconds - warmupSeconds)];
        return subjectContestant(folder, name, scenario(name, transport, port, stages), `z6c ${transport}`);
      })),
      ...await Promise.all(TRANSPORTS.map((transport) => {
        const name = `first-${rate}-${transport}`;
        const text = scenario(name, transport, port, [openStage(rate, FIRST_SECONDS)]);
        return subjectContestant(folder, name, text, `z6c ${transport}${AT_FIRST}`);
      })),
      ...await Promise.all(peers.map((peer) => peerContestant(peer, load))),
    ];
    const outcomes = await inTurns(contestants, rounds, async (contestant): Promise<Measured> => {
      const { result, stamps } = await stamped(
        { folder, port, core: SERVER_CORE },
        () => runContestant(contestant, (command, folder) => runPinned(command, CLIENT_CORE, folder)),
      );
      const own = { ownLagMs: ownLagMs(contestant, result) };
      return contestant.name.endsWith(AT_FIRST)
        ? { ...latenessAtFirst(stamps, rate, FIRST_SECONDS), ...own }
        : { ...lateness(stamps, rate, warmupSeconds, measured), ...own };
    });
    for (const [at, { name }] of contestants.entries()) {
      const first = [`${rate.toLocaleString("en")}/s`, name];
      const { results, failure } = outcomes[at];
      if (failure !== null) {
        rows.push(failedRow(first, failure, COLUMNS.length));
        continue;
      }
      const of = (pick: (it: Measured) => number) => spread(results.map(pick));
      const p99 = of((it) => it.p99);
      const own = results.flatMap(({ ownLagMs }) => ownLagMs ?? []);
      rows.push([
        ...first,
        `${(of((it) => it.achieved).median * 100).toFixed(2)}%`,
        milliseconds(of((it) => it.p50).median),
        milliseconds(p99.median),
        `${milliseconds(p99.min)}–${milliseconds(p99.max)}`,
        milliseconds(of((it) => it.max).median),
        own.length === 0 ? "" : milliseconds(spread(own).median),
      ]);
      values[`${name}_${rate}_late_p99_ms`] = p99.median;
      if (own.length > 0) values[`${name}_${rate}_lag_p99_ms`] = spread(own).median;
    }
  }
  return {
    name: "open_loop",
    title: "Open loop: how late requests come",
    note:
      `${
        counted(rounds, "round")
      } of ${measured} s in turn, each behind ${warmupSeconds} s that are not counted, but for the rows of z6c's first second, ` +
      "which is all that those runs last; medians. " +
      `At most ${CONNECTIONS} connections, one core each for client and server. The server stamps each request when it reads it; ` +
      "the n-th to come is late, or early where it is negative, against an even schedule.",
    columns: COLUMNS,
    rows,
    values,
    versions: versionsOf(peers),
  };
}

/** What z6c says of itself, in the same run. */
function ownLagMs({ name }: Contestant, stdout: string): number | null {
  if (!name.startsWith("z6c")) return null;
  const ticks: unknown = JSON.parse(stdout).generator.lag?.p99;
  return typeof ticks === "number" ? ticks / 1000 : null;
}

function milliseconds(value: number): string {
  return `${value.toFixed(value < 10 ? 3 : 0)} ms`;
}

function scenario(name: string, transport: string, port: number, stages: readonly string[]): string {
  return `name = "${name}"
[target]
base = "http://127.0.0.1:${port}"
transport = "${transport}"
connections = "shared:${CONNECTIONS}"
[load]
model = "open"
max_vus = 10_000
stages = [${stages.join(", ")}]
${HELLO}`;
}
