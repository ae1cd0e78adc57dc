/** What real runs say of the processor: busy where a closed load waits for z6c, idle where z6c waits. */
import assert from "node:assert/strict";
import type { Transport } from "../runtime/plan.ts";
import { recordsOf } from "./ledger_records.ts";
import { type Outcome, outcomeOf, startRun } from "./run_report.ts";
import { inFolder, until } from "./running.ts";

const TRANSPORTS: readonly Transport[] = Deno.build.os === "linux" ? ["socket", "epoll"] : ["socket"];
const WARMUP_MS = 600;
const MEASURED_MS = 2_000;
/** Takes far longer to look through than to send, so that z6c is what is waited for wherever both have a core. */
const BODY = JSON.stringify({
  items: Array.from({ length: 8_000 }, (_, n) => ({ n, name: `item ${n}` })),
  ok: true,
});

/** What the system says of a thread while a load was measured, as shares of the time: that it ran, and that it had to wait for it. */
type Scheduled = Readonly<{ ran: number; waited: number }>;

/** Runs a load with a warm-up, and looks at the thread that generates it. */
async function run(load: string, transport: Transport): Promise<Outcome & { scheduled: Scheduled }> {
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    () => new Response(BODY, { headers: { "content-type": "application/json" } }),
  );
  try {
    return await inFolder(async (folder) => {
      const text = `name = "used"
[target]
base = "http://127.0.0.1:${server.addr.port}"
transport = "${transport}"
[load]
${load}
[[flow]]
name = "visit"
[[flow.step]]
name = "items"
get = "/"
expect = { json = { "/ok" = true } }
[validity]
lag_p99 = "any"
drops = "any"
gaps = "any"
`;
      await Deno.writeTextFile(`${folder}/used.toml`, text);
      const running = startRun(folder, "used.toml");
      await running.said(" on http");
      const begin = performance.now();
      const samples: [ms: number, ran: number, waited: number][] = [];
      let isOver = false;
      running.ended.then(() => isOver = true);
      await until("the run ends", () => {
        const [ran, waited] = threadTimes(running.pid);
        if (!isOver) samples.push([performance.now() - begin, ran, waited]);
        return isOver;
      });
      // A process that has ended, and that nobody has waited for, has no times any more.
      const measured = samples.filter(([ms, ran], at) =>
        ms > WARMUP_MS && ms < WARMUP_MS + MEASURED_MS && ran >= samples[0][1] && at > 0
      );
      const [from, to] = [measured[0], measured[measured.length - 1]];
      const share = (at: 1 | 2) => (to[at] - from[at]) / 1e6 / (to[0] - from[0]);
      return { ...await outcomeOf(folder, running), scheduled: { ran: share(1), waited: share(2) } };
    });
  } finally {
    await server.shutdown();
  }
}

/** Nanoseconds for which a process's main thread ran, and had to wait to; of nothing where the system does not tell. */
function threadTimes(pid: number): number[] {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/schedstat`).split(" ").map(Number);
  } catch {
    return [0, 0];
  }
}

function stages(load: string): string {
  return `stages = [{ ${load}, for = "${WARMUP_MS}ms", warmup = true }, { ${load}, for = "${MEASURED_MS}ms" }]`;
}

for (const transport of TRANSPORTS) {
  Deno.test(`${transport}: a closed load of 64 users keeps the generator busy`, async () => {
    const { report, ledger, scheduled } = await run(`model = "closed"\n${stages("vus = 64")}`, transport);
    const { processor } = report.generator;
    assert(processor !== null && processor.shard === 1);
    // Of what other programs left of a core.
    assert(processor.usedPpm >= 800_000 * (1 - scheduled.waited), JSON.stringify({ processor, scheduled }));
    assert.equal(processor.isBusy, processor.usedPpm >= 900_000);
    assert.equal(report.validity.find(({ name }) => name === "cpu")?.actual, processor.usedPpm);
    const told = recordsOf(ledger, "processorUsed");
    assert(told.length >= 2, `${told.length} records`);
    told.forEach(({ tick, b }, at) => assert.equal(tick - b, at === 0 ? 0 : told[at - 1].tick));
  });

  Deno.test(`${transport}: an open load of 10 a second leaves the generator idle`, async () => {
    const load = `model = "open"\nmax_vus = 10\n${stages('rate = "10/s"')}`;
    const { report: { generator: { processor } }, scheduled } = await run(load, transport);
    assert(processor !== null && processor.usedPpm < 100_000, JSON.stringify({ processor, scheduled }));
  });
}
