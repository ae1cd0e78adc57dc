import { bytes, count } from "../runtime/report/format.ts";
import { startNginx } from "./nginx.ts";
import { pinning } from "./process.ts";
import { buildSubject, type Subject } from "./subject.ts";
import type { BenchOptions, Table } from "./table.ts";

const CLIENT_CORE = 0;
const SERVER_CORE = 1;

/** The most memory a run takes, by its users: each has a connection of its own. */
export async function memory({ folder, seconds, rounds }: BenchOptions): Promise<Table> {
  const nginx = await startNginx(SERVER_CORE);
  try {
    const users = rounds > 1 ? [1, 1_000, 10_000] : [1, 100];
    const peaks: number[] = [];
    for (const vus of users) {
      const subject = await buildSubject(folder, `memory-${vus}`, scenario(vus, nginx.port, seconds));
      peaks.push(await peakMemory(subject));
    }
    const perUser = (at: number) => (peaks[at] - peaks[0]) / (users[at] - users[0]);
    const last = users.length - 1;
    return {
      name: "memory",
      title: "Memory, closed load, transport socket, a connection for each VU",
      note: `Peak resident memory of the executable over ${seconds} s, as the system tells it.`,
      columns: ["VUs", "peak", "a VU with its connection, beyond the first"],
      rows: users.map((vus, at) => [count(vus), bytes(peaks[at]), at === 0 ? "" : bytes(perUser(at))]),
      values: { bytes_of_one_vu: peaks[0], bytes_per_vu_and_connection: Math.round(perUser(last)) },
    };
  } finally {
    await nginx.stop();
  }
}

/** Follows the system's own high-water mark until the program ends; Linux only. */
async function peakMemory({ path, folder }: Subject): Promise<number> {
  const [program, ...args] = [...pinning(CLIENT_CORE), path, "--quiet", "--json"];
  const child = new Deno.Command(program, { args, cwd: folder, stdout: "null", stderr: "null" }).spawn();
  let peak = 0;
  let ended = false;
  const status = child.status.then(() => ended = true);
  while (!ended) {
    const text = await Deno.readTextFile(`/proc/${child.pid}/status`).catch(() => "");
    peak = Math.max(peak, 1024 * Number(/VmHWM:\s+(\d+) kB/.exec(text)?.[1] ?? 0));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await status;
  await Deno.remove(`${folder}/z6c-out`, { recursive: true });
  return peak;
}

function scenario(vus: number, port: number, seconds: number): string {
  return `name = "memory-${vus}"
[target]
base = "http://127.0.0.1:${port}"
[load]
model = "closed"
stages = [{ for = "${seconds}s", vus = ${vus} }]
[[flow]]
name = "hello"
[[flow.step]]
name = "hello"
get = "/"
[[flow.step]]
think = "100ms..1s"
`;
}
