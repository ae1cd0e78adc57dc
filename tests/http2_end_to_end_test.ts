/** Scenarios in HTTP/2 against nghttpd and nginx: what z6c says it did is what they say they saw. */
import assert from "node:assert/strict";
import { EXACT_TRANSPORTS } from "./transports.ts";
import { recordsOf } from "./ledger_records.ts";
import { writeCertificates } from "./real_peers/certificates.ts";
import { startNghttpd } from "./real_peers/nghttpd.ts";
import { startTlsNginx } from "./real_peers/tls_nginx.ts";
import { agreedRequests, assertExitCode, type Outcome, outcomeOf, startRun } from "./run_report.ts";
import { inFolder } from "./running.ts";

/** `target`: lines of [target]. */
async function run(folder: string, target: string, step: string, flags: readonly string[]): Promise<Outcome> {
  const file = `${folder}/two.toml`;
  await Deno.writeTextFile(
    file,
    `name = "two"
[target]
${target}
[load]
model = "closed"
vus = 40
iterations = 600
[[flow]]
name = "visit"
[[flow.step]]
name = "get"
${step}
`,
  );
  return await outcomeOf(folder, startRun(folder, file, ["--quiet", ...flags]));
}

function count(outcome: Outcome, kind: string): number {
  return recordsOf(outcome.ledger, kind).length;
}

for (const transport of EXACT_TRANSPORTS) {
  Deno.test(`nghttpd counts as z6c does, on connections that are shared: ${transport}`, () =>
    inFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/a`, "hello");
      await using server = await startNghttpd(folder, { trailer: "checked: yes" });
      const target = `base = "http://127.0.0.1:${server.port}"
protocol = "h2"
connections = "shared:2"
streams = 10`;
      const step = `get = "/a"
expect = { status = 200, body = { equals = "hello" }, headers = { content-length = "5" } }`;
      const outcome = await run(folder, target, step, ["--transport", transport]);
      assertExitCode(outcome, 0);
      assert.deepEqual(agreedRequests(outcome), { issued: 600, cancelled: 0 });
      await server.stop();
      assert.equal(server.received("HEADERS"), 600);
      assert.equal(server.sent("HEADERS"), 2 * 600, "head and trailer of each");
      assert.equal(count(outcome, "connectionOpened"), 2);
      assert.equal(count(outcome, "responseEnded"), 600);
    }));
}

Deno.test("nginx counts as z6c does, over TLS, and what GOAWAY left out was not answered", () =>
  inFolder(async (folder) => {
    const certificates = writeCertificates(folder);
    await using nginx = await startTlsNginx(folder, { certificates, requestsPerConnection: 100 });
    const target = `base = "${nginx.url("good")}"
protocol = "h2"
connections = "shared:2"
streams = 10
tls = { ca = "${certificates.ca}" }`;
    const outcome = await run(folder, target, `get = "/"\nexpect = { status = 200 }`, []);
    assert.deepEqual(agreedRequests(outcome), { issued: 600, cancelled: 0 });
    await nginx.stop();
    const log = nginx.log();
    assert.equal(count(outcome, "responseEnded"), log.length);
    assert.ok(log.every(({ protocol, status }) => protocol === "HTTP/2.0" && status === 200));
    const failures = recordsOf(outcome.ledger, "requestFailed");
    assert.ok(failures.every(({ a }) => a === 3743), "stream.goaway");
    assert.equal(log.length + failures.length, 600);
    const connections = new Set(log.map(({ connection }) => connection)).size;
    assert.equal(count(outcome, "connectionSecured"), count(outcome, "connectionOpened"));
    assert.ok(connections >= 6, `${connections} connections of 100 requests at most`);
  }));
