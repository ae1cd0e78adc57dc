import { startNginx } from "./nginx.ts";
import { runPinned } from "./process.ts";
import { spread } from "./statistics.ts";
import { buildSubject, runSubject } from "./subject.ts";
import type { BenchOptions, Table } from "./table.ts";

const CLIENT_CORE = 0;
const SERVER_CORE = 1;
const CONNECTIONS = 64;

/** Requests a second with 64 connections, as fast as they go: one core for nginx, one for the client, in turn. */
export async function closedLoop({ folder, seconds, rounds }: BenchOptions): Promise<Table> {
  const nginx = await startNginx(SERVER_CORE);
  try {
    const contestants = [
      { name: "wrk", run: () => runWrk(nginx.port, seconds) },
      ...await Promise.all(
        (["socket", "fetch"] as const).map((transport) => subject(folder, transport, nginx.port, seconds)),
      ),
    ];
    const results = contestants.map(({ name }) => ({
      name,
      rates: [] as number[],
      ratios: [] as number[],
      user: [] as number[],
    }));
    for (let round = 0; round < rounds; round++) {
      let wrkRate = NaN;
      for (const [at, contestant] of contestants.entries()) {
        const { rate, userMicroseconds } = await contestant.run();
        if (contestant.name === "wrk") wrkRate = rate;
        results[at].rates.push(rate);
        results[at].ratios.push(rate / wrkRate);
        results[at].user.push(userMicroseconds);
      }
    }
    return {
      name: "closed_loop",
      title: `Closed loop, ${CONNECTIONS} connections, plain HTTP/1.1, one core each for client and nginx`,
      note:
        `${rounds} rounds of ${seconds} s in turn; medians, and the ratio's range. z6c has a second of warm-up in front, and writes its whole ledger; wrk writes nothing.`,
      columns: ["client", "requests/s", "ratio to wrk", "range", "user CPU a request"],
      rows: results.map(({ name, rates, ratios, user }) => {
        const ratio = spread(ratios);
        return [
          name,
          Math.round(spread(rates).median).toLocaleString("en"),
          ratio.median.toFixed(2),
          `${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)}`,
          `${spread(user).median.toFixed(2)} µs`,
        ];
      }),
      values: Object.fromEntries(results.map(({ name, ratios }) => [`${name}_ratio`, spread(ratios).median])),
    };
  } finally {
    await nginx.stop();
  }
}

type Measured = { rate: number; userMicroseconds: number };

async function runWrk(port: number, seconds: number): Promise<Measured> {
  const command = ["wrk", "-t1", `-c${CONNECTIONS}`, `-d${seconds}s`, `http://127.0.0.1:${port}/`];
  const { stdout, stderr, userSeconds } = await runPinned(command, CLIENT_CORE);
  const rate = Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1]);
  if (!(rate > 0)) throw new Error(`wrk did not measure (apt-get install wrk): ${stdout}${stderr}`);
  return { rate, userMicroseconds: (userSeconds / requests) * 1e6 };
}

async function subject(folder: string, transport: string, port: number, seconds: number) {
  const built = await buildSubject(
    folder,
    `closed-${transport}`,
    `name = "closed-${transport}"
[target]
base = "http://127.0.0.1:${port}"
transport = "${transport}"
[load]
model = "closed"
stages = [
  { for = "1s", vus = ${CONNECTIONS}, warmup = true },
  { for = "${seconds}s", vus = ${CONNECTIONS} },
]
[[flow]]
name = "hello"
[[flow.step]]
name = "hello"
get = "/"
`,
  );
  return {
    name: `z6c ${transport}`,
    async run(): Promise<Measured> {
      const { summary, userSeconds } = await runSubject(built, CLIENT_CORE);
      if (summary.requests.errors > 0) throw new Error(`${summary.requests.errors} requests failed`);
      return {
        rate: summary.requests.perSecond ?? NaN,
        userMicroseconds: (userSeconds / summary.requests.issued) * 1e6,
      };
    },
  };
}
