/** `z6c selftest`, end to end and as short as may be. */
import assert from "node:assert/strict";
import type { Findings } from "../cli/selftest/findings.ts";
import { runToEnd, start, Z6C } from "./running.ts";

const SELFTEST = [...Z6C, "selftest", "--seconds", "0.2"];
const cwd = Deno.cwd();

Deno.test("selftest finds something plausible of every transport and of the machine", async () => {
  const { code, stdout, stderr } = await runToEnd([...SELFTEST, "--json"], { cwd });
  assert.equal(code, 0, stderr);
  assert.match(
    stderr,
    /^measuring for about [\d.]+s; leave the machine alone meanwhile\n1\/3 {2}epoll\n2\/3 {2}socket\n3\/3 {2}fetch\n$/,
  );
  const { format, machine, transports, advice, verdict }: Findings = JSON.parse(stdout);
  assert.equal(format, 1);
  assert.deepEqual(transports.map(({ transport }) => transport).toSorted(), ["epoll", "fetch", "socket"]);
  for (const found of transports) {
    if (found.problem !== null) {
      assert.ok(found.transport === "epoll" && Deno.build.os !== "linux", found.problem);
      continue;
    }
    const { transport, perSecond, lag, floorTicks, errors } = found;
    assert.equal(errors, 0, transport);
    assert.ok(perSecond > 50 && perSecond < 2_000_000, `${transport}: ${perSecond}/s`);
    assert.ok(
      lag.p50 >= 0 && lag.p50 <= lag.p99 && lag.p99 <= lag.max,
      `${transport}: ${JSON.stringify(lag)}`,
    );
    assert.ok(floorTicks >= 5 && floorTicks < 200_000, `${transport}: ${floorTicks}`);
  }
  const best = Math.max(...transports.map((found) => found.problem === null ? found.perSecond : 0));
  assert.ok(verdict !== null && verdict.perSecond <= best && verdict.perSecond >= 0.9 * best);
  assert.equal(machine.cores, navigator.hardwareConcurrency);
  assert.ok(machine.clock.stepTicks > 0 && machine.clock.readNs > 0);
  if (Deno.build.os === "linux") assert.ok(machine.descriptors !== null && machine.ports !== null);
  assert.ok(Array.isArray(advice));
});

Deno.test("selftest tells its verdict, every transport and the machine as text", async () => {
  const { code, stdout, stderr } = await runToEnd(SELFTEST, { cwd });
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^✓ good for about [\d,]+ requests\/s by (epoll|socket|fetch);\s+paced to /);
  for (
    const row of ["epoll", "socket", "fetch", "cores", "memory", "clock", "descriptors", "ports", "backlog"]
  ) {
    assert.match(stdout, new RegExp(`^  ${row} +\\S`, "m"), row);
  }
  assert.match(stdout, /^WHAT TO CHANGE$/m);
});

Deno.test("selftest refuses lengths it cannot measure in", async () => {
  for (const seconds of ["0", "61", "1s", "-1"]) {
    const { code, stderr } = await runToEnd([...Z6C, "selftest", `--seconds=${seconds}`], { cwd });
    assert.equal(code, 104);
    assert.match(stderr, /^z6c: --seconds ".+" is no number from 0\.1 to 60\n$/);
  }
});

Deno.test({
  name: "selftest can be interrupted, and leaves nothing behind",
  ignore: Deno.build.os === "windows",
  async fn() {
    const folder = await Deno.makeTempDir();
    const env = { ...Deno.env.toObject(), TMPDIR: folder };
    const run = start([...Z6C, "selftest", "--seconds", "30"], { cwd, env });
    await run.said("1/3  epoll");
    run.signal("SIGINT");
    const { code, stderr } = await run.ended;
    assert.equal(code, 105, stderr);
    assert.match(stderr, /interrupted; nothing is told of half a measurement/);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
    await Deno.remove(folder);
  },
});
