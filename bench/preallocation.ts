import { bytes, count, counted } from "../runtime/report/format.ts";
import { type Contestant, HELLO, subjectContestant } from "./contestant.ts";
import { startNginx } from "./nginx.ts";
import { peakMemory } from "./peak_memory.ts";
import { spread } from "./statistics.ts";
import type { BenchOptions, Table } from "./table.ts";

const CLIENT_CORE = 0;
const SERVER_CORE = 1;
/** Shared, so that VUs are measured without connections of their own. */
const CONNECTIONS = 10;

/** What VUs cost beside their connections: kept ready while few are needed, and all of them under way. */
export async function preallocation({ folder, seconds, rounds, isToy }: BenchOptions): Promise<Table> {
  const nginx = await startNginx(SERVER_CORE);
  const vus = isToy ? 1_000 : 100_000;
  try {
    const ready = (most: number) => [
      `model = "open"`,
      `max_vus = ${most}`,
      `stages = [{ for = "${seconds}s", rate = "10/s" }]`,
    ];
    const busy = (most: number) => [`model = "closed"`, `stages = [{ for = "${seconds}s", vus = ${most} }]`];
    const thinking = [`[[flow.step]]`, `think = "${seconds}s"`];
    const cases = [
      { name: "kept ready, 10 sessions/s", loads: [1, vus].map(ready), steps: [] },
      { name: "all under way", loads: [1, vus].map(busy), steps: thinking },
    ];
    const rows: string[][] = [];
    const values: Record<string, number> = {};
    for (const [at, { name, loads, steps }] of cases.entries()) {
      const [one, all] = await Promise.all(
        loads.map((load, which) => subject(folder, `vus-${at}-${which}`, nginx.port, load, steps)),
      );
      const more: number[] = [];
      for (let round = 0; round < rounds; round++) {
        const base = await peakMemory(one, CLIENT_CORE);
        more.push(await peakMemory(all, CLIENT_CORE) - base);
      }
      const { median, min, max } = spread(more);
      rows.push([name, bytes(median), `${bytes(min)}–${bytes(max)}`, bytes(median / (vus - 1))]);
      values[`${name}_bytes_each`] = Math.round(median / (vus - 1));
      values[`${name}_bytes`] = median;
    }
    return {
      name: "preallocation",
      title: `Memory of ${count(vus)} VUs without connections of their own`,
      note:
        `Peak resident memory over ${seconds} s beyond that of a run with one VU; ${
          counted(rounds, "round")
        }, medians and range. ` +
        `${CONNECTIONS} connections are shared; those under way send one request each, and then think to the end.`,
      columns: ["VUs", `all ${count(vus)}`, "range", "each"],
      rows,
      values,
    };
  } finally {
    await nginx.stop();
  }
}

function subject(
  folder: string,
  name: string,
  port: number,
  load: readonly string[],
  steps: readonly string[],
): Promise<Contestant> {
  const text = `name = "${name}"
[target]
base = "http://127.0.0.1:${port}"
connections = "shared:${CONNECTIONS}"
[load]
graceful_stop = "0s"
${load.join("\n")}
${HELLO}${steps.join("\n")}
`;
  return subjectContestant(folder, name, text, "z6c socket");
}
