import { duration } from "../runtime/report/format.ts";
import { startNginx } from "./nginx.ts";
import { spread } from "./statistics.ts";
import { buildSubject, runSubject } from "./subject.ts";
import type { BenchOptions, Table } from "./table.ts";

const CLIENT_CORE = 0;
const SERVER_CORE = 1;
const RATES = [1_000, 5_000, 10_000];

/** How late requests are sent when they are due at a fixed rate. */
export async function openLoop({ folder, seconds, rounds }: BenchOptions): Promise<Table> {
  const nginx = await startNginx(SERVER_CORE);
  try {
    const subjects = await Promise.all(
      RATES.map((rate) => buildSubject(folder, `open-${rate}`, scenario(rate, nginx.port, seconds))),
    );
    const results = RATES.map(() => ({
      achieved: [] as number[],
      p50: [] as number[],
      p99: [] as number[],
      max: [] as number[],
    }));
    for (let round = 0; round < rounds; round++) {
      for (const [at, subject] of subjects.entries()) {
        const { summary } = await runSubject(subject, CLIENT_CORE);
        const { lag } = summary.generator;
        if (lag === null) throw new Error("nothing was sent");
        results[at].achieved.push(summary.requests.issued / (RATES[at] * seconds));
        results[at].p50.push(lag.p50);
        results[at].p99.push(lag.p99);
        results[at].max.push(lag.max);
      }
    }
    return {
      name: "open_loop",
      title: "Open loop, transport socket: how late requests are sent",
      note:
        `${rounds} rounds of ${seconds} s in turn, each with a second of warm-up in front; uniform arrivals, one core each for client and nginx; medians of each quantile, and the range of p99.`,
      columns: ["arrivals", "sent of intended", "lag p50", "lag p99", "range of p99", "lag max"],
      rows: results.map(({ achieved, p50, p99, max }, at) => [
        `${RATES[at].toLocaleString("en")}/s`,
        `${(spread(achieved).median * 100).toFixed(2)}%`,
        duration(spread(p50).median),
        duration(spread(p99).median),
        `${duration(spread(p99).min)}–${duration(spread(p99).max)}`,
        duration(spread(max).median),
      ]),
      values: Object.fromEntries(
        results.map(({ p99 }, at) => [`lag_p99_ticks_at_${RATES[at]}`, spread(p99).median]),
      ),
    };
  } finally {
    await nginx.stop();
  }
}

function scenario(rate: number, port: number, seconds: number): string {
  return `name = "open-${rate}"
[target]
base = "http://127.0.0.1:${port}"
[load]
model = "open"
max_vus = 1_000
stages = [
  { for = "1s", rate = "${rate}/s", warmup = true },
  { for = "${seconds}s", rate = "${rate}/s" },
]
[[flow]]
name = "hello"
[[flow.step]]
name = "hello"
get = "/"
`;
}
