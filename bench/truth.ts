import { join } from "node:path";
import { planOf } from "../cli/scenario.ts";
import { arrivals } from "../runtime/engine/arrivals.ts";
import { ANY_VALIDITY, type Contestant, peerContestant, subjectContestant } from "./contestant.ts";
import { installed, type InstalledPeer, PACED, versionsOf } from "./installed.ts";
import { PLAIN_LOAD, type Reported } from "./peers/peer.ts";
import { WRK } from "./peers/wrk.ts";
import { openStage } from "./open_stage.ts";
import { type Waits, waitsOfSchedule, waitsOfSessions } from "./real_waits.ts";
import { runMainPinned } from "./process.ts";
import { runContestant } from "./run_contestant.ts";
import { stamped, stampingPort } from "./stamped_run.ts";
import type { Stamps } from "./stamps.ts";
import { counted } from "../runtime/report/format.ts";
import { spread } from "./statistics.ts";
import { type BenchOptions, failedRow, type Table } from "./table.ts";
import { inTurns } from "./turns.ts";

const CLIENT_CORE = 0;
const SERVER_CORE = 1;
const RATE = 1_000;
const CONNECTIONS = 64;
/**
 * More than half of the time, so that the median arrival meets a stall as well; and no round number, so that a client
 * that sends in bursts once a second meets it at all times.
 */
const SCHEDULE = { everyMs: 1_100, lengthMs: 660 } as const;
/** Two stalls. */
const WARMUP_SECONDS = (2 * SCHEDULE.everyMs) / 1000;
const QUANTILES = ["p50", "p99", "p999"] as const;
const COLUMNS = [
  "client",
  "pacing",
  "p50 real",
  "p50 told",
  "p99 real",
  "p99 told",
  "p99.9 real",
  "p99.9 told",
];

type Told = Readonly<{ real: Waits; told: Reported }>;
type Judged = Contestant & Readonly<{ pacing: string; judge(stdout: string, stamps: Stamps): Told }>;

/** What each tool tells of a server that stands still on a known schedule, beside what arrivals really waited. */
export async function truth({ folder, seconds, rounds, isToy }: BenchOptions): Promise<Table> {
  const port = stampingPort();
  const warmup = isToy ? 0.5 : WARMUP_SECONDS;
  const length = isToy ? 2 : seconds;
  const peers = await installed([WRK, ...PACED]);
  const subjects = (["epoll", "socket"] as const).flatMap((transport) =>
    (["uniform", "poisson"] as const).map((kind) => subject(folder, port, transport, kind, warmup, length))
  );
  const contestants: Judged[] = [
    ...await Promise.all(subjects),
    ...await Promise.all(peers.map((peer) => rival(folder, port, peer, length))),
  ];
  const outcomes = await inTurns(contestants, rounds, async (contestant) => {
    const { result, stamps } = await stamped(
      { folder, port, core: SERVER_CORE, schedule: SCHEDULE },
      () => runContestant(contestant, (command, folder) => runMainPinned(command, CLIENT_CORE, folder)),
    );
    return contestant.judge(result, stamps);
  });
  const values: Record<string, number> = {};
  const rows = contestants.map(({ name, pacing }, at) => {
    const { results, failure } = outcomes[at];
    const first = [name, pacing];
    if (failure !== null) return failedRow(first, failure, COLUMNS.length);
    return [
      ...first,
      ...QUANTILES.flatMap((quantile) => {
        const real = spread(results.map(({ real }) => real[quantile])).median;
        const said = results.flatMap(({ told }) => told[quantile] ?? []);
        if (said.length === 0) return [milliseconds(real), "not told"];
        values[`${name}_${pacing}_${quantile}_off_by`] = spread(
          results.map(({ real, told }) => (told[quantile] ?? NaN) / real[quantile] - 1),
        ).median;
        return [milliseconds(real), milliseconds(spread(said).median)];
      }),
    ];
  });
  return {
    name: "truth",
    title: `Truth: a server that stands still for ${SCHEDULE.lengthMs} of every ${SCHEDULE.everyMs} ms`,
    note:
      `${counted(rounds, "round")} of ${length} s in turn; medians. ${
        RATE.toLocaleString("en")
      } requests a second where a client has a rate; ${CONNECTIONS} connections (z6c, k6: as many as it takes). Main threads have a core each; other threads, which compile and collect garbage, go where there is room. ` +
      `Real, of z6c: when the server answered each of its arrivals, by its own stamps, less when that was due by the plan; behind a warm-up of ${warmup} s. ` +
      "Real, of others: what even arrivals at that rate would have waited, by the stalls and the speed that the server stamped in the same run.",
    columns: COLUMNS,
    rows,
    values,
    versions: versionsOf(peers),
  };
}

async function subject(
  folder: string,
  port: number,
  transport: string,
  kind: string,
  warmup: number,
  seconds: number,
): Promise<Judged> {
  const name = `truth-${transport}-${kind}`;
  const text = scenario(name, port, transport, kind, [
    openStage(RATE, warmup, true),
    openStage(RATE, seconds),
  ]);
  const contestant = await subjectContestant(folder, name, text, `z6c ${transport}`);
  const dueMs = await dueTimes(join(contestant.folder, `${name}.toml`));
  return {
    ...contestant,
    pacing: kind,
    judge(stdout, stamps) {
      const { p50, p99, p999 } = JSON.parse(stdout).responseTime;
      return {
        real: waitsOfSessions(stamps, dueMs, warmup * 1000),
        told: { p50: p50 / 1000, p99: p99 / 1000, p999: p999 / 1000 },
      };
    },
  };
}

/** When each session is due, from the plan alone. */
async function dueTimes(file: string): Promise<number[]> {
  const { load, seed } = await planOf(file, [], false);
  if (load.model !== "open") throw new Error("no open load");
  const due: number[] = [];
  for (const next = arrivals(load, seed); next.nextTick < Infinity; next.advance()) {
    due.push(next.nextTick / 1000);
  }
  return due;
}

async function rival(folder: string, port: number, peer: InstalledPeer, seconds: number): Promise<Judged> {
  const isOpen = peer.name === "k6";
  const load = {
    ...PLAIN_LOAD,
    url: `http://127.0.0.1:${port}/`,
    connections: isOpen ? RATE : CONNECTIONS,
    seconds,
    rate: peer.pacing === null ? null : RATE,
    folder,
  };
  return {
    ...await peerContestant(peer, load),
    pacing: peer.pacing ?? "none",
    judge: (stdout, stamps) => ({
      real: waitsOfSchedule(stamps, RATE, seconds),
      told: peer.reported(stdout, load),
    }),
  };
}

function milliseconds(value: number): string {
  return `${value.toFixed(value < 10 ? 3 : 1)} ms`;
}

function scenario(name: string, port: number, transport: string, kind: string, stages: string[]): string {
  return `name = "${name}"
[target]
base = "http://127.0.0.1:${port}"
transport = "${transport}"
[load]
model = "open"
arrivals = "${kind}"
max_vus = ${2 * RATE}
stages = [${stages.join(", ")}]
${ANY_VALIDITY}[[flow]]
name = "hello"
[[flow.step]]
name = "hello"
get = "/\${session}"
`;
}
