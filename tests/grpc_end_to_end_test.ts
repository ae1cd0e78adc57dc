/** A scenario of gRPC against grpc-js, as it is and behind nginx: what z6c says it did is what the server saw. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { EXACT_TRANSPORTS } from "./transports.ts";
import { recordsOf } from "./ledger_records.ts";
import { writeCertificates } from "./real_peers/certificates.ts";
import { startGrpcServer } from "./real_peers/npm_programs.ts";
import { startTlsNginx } from "./real_peers/tls_nginx.ts";
import { agreedRequests, assertExitCode, type Outcome, outcomeOf, startRun } from "./run_report.ts";
import { inFolder } from "./running.ts";

const PROTO = fileURLToPath(new URL("../scenarios/practice.proto", import.meta.url));
const SESSIONS = 40;
const OK = 600;
const DEADLINE_EXCEEDED = 604;
const NOT_FOUND = 605;

async function run(
  folder: string,
  target: string,
  flags: readonly string[],
  missingExpects = "NOT_FOUND",
): Promise<Outcome> {
  const file = `${folder}/shop.toml`;
  await Deno.copyFile(PROTO, `${folder}/practice.proto`);
  await Deno.writeTextFile(
    file,
    `name = "shop"
proto = ["practice.proto"]
[target]
${target}
connections = "shared:2"
streams = 10
[load]
model = "closed"
vus = 20
iterations = ${SESSIONS}
[[flow]]
name = "buy"
[[flow.step]]
name = "login"
grpc = "practice.Shop/Login"
message = { user = "u\${session}", password = "right" }
expect = { grpc = "OK" }
capture = { token = { json = "/token" } }
[[flow.step]]
name = "item"
grpc = "practice.Shop/GetItem"
message = { id = 7 }
headers = { authorization = "Bearer \${token}" }
expect = { grpc = "OK", json = { "/priceCents" = 107 } }
[[flow.step]]
name = "missing"
grpc = "practice.Shop/GetItem"
message = { id = 404 }
expect = { grpc = "${missingExpects}" }
[[flow.step]]
name = "late"
grpc = "practice.Shop/GetItem"
message = { id = 1000 }
timeout = "300ms"
[[flow.step]]
name = "watched to its end"
grpc = "practice.Shop/Watch"
message = { item = 3, count = 5, every_ms = 1 }
expect = { json = { "/last" = true } }
[[flow.step]]
name = "watched up to the third"
grpc = "practice.Shop/Watch"
message = { item = 3, count = 1000, every_ms = 5 }
messages = { count = 3 }
expect = { json = { "/n" = 2 } }
`,
  );
  return await outcomeOf(folder, startRun(folder, file, ["--quiet", ...flags]));
}

/** Asserts what all runs come to. */
function assertOutcome(outcome: Outcome): void {
  assert.deepEqual(agreedRequests(outcome), { issued: 6 * SESSIONS, cancelled: 0 });
  const ends = recordsOf(outcome.ledger, "responseEnded");
  const statuses = ends.map(({ c }) => c & 0xffff);
  const count = (status: number) => statuses.filter((it) => it === status).length;
  assert.equal(count(NOT_FOUND), SESSIONS);
  assert.equal(count(OK), 4 * SESSIONS);
  const failures = recordsOf(outcome.ledger, "requestFailed");
  // Of what takes too long, the server may say so first, for it is told the deadline.
  assert.equal(failures.length + count(DEADLINE_EXCEEDED), SESSIONS);
  assert.equal(
    ends.filter(({ c }) => c >>> 24 !== 0).length,
    count(DEADLINE_EXCEEDED),
    "no other check fails",
  );
}

for (const transport of EXACT_TRANSPORTS) {
  Deno.test(`grpc-js counts as z6c does: ${transport}`, () =>
    inFolder(async (folder) => {
      await using server = await startGrpcServer();
      const target = `base = "http://${server.address}"\nprotocol = "h2"`;
      const outcome = await run(folder, target, ["--transport", transport]);
      assertExitCode(outcome, 0);
      assertOutcome(outcome);
      const messages = recordsOf(outcome.ledger, "messageReceived").length;
      const seen = await server.stop();
      assert.equal(seen.calls, 6 * SESSIONS);
      assert.equal(seen.cancelled, SESSIONS, "of those that were watched up to the third");
      assert.equal(messages, (1 + 1 + 5 + 3) * SESSIONS);
      assert.ok(seen.messages >= (5 + 3) * SESSIONS, `${seen.messages} of Watch were sent`);
      assert.equal(seen.metadata.length, SESSIONS);
      const tokens = new Set(seen.metadata.map(({ authorization }) => authorization));
      assert.equal(tokens.size, SESSIONS, "each session has its own");
    }));
}

Deno.test("grpc-js counts as z6c does, behind nginx and TLS", () =>
  inFolder(async (folder) => {
    const certificates = writeCertificates(folder);
    await using server = await startGrpcServer();
    await using nginx = await startTlsNginx(folder, { certificates, grpcPort: server.port });
    const target = `base = "${nginx.url("good")}"
protocol = "h2"
tls = { ca = "${certificates.ca}" }`;
    assertOutcome(await run(folder, target, []));
    await nginx.stop();
    assert.equal((await server.stop()).calls, 6 * SESSIONS);
  }));

Deno.test("why a call was refused is told in the server's words", () =>
  inFolder(async (folder) => {
    await using server = await startGrpcServer();
    const target = `base = "http://${server.address}"\nprotocol = "h2"`;
    const { report } = await run(folder, target, [], "OK");
    const refused = report.failedChecks.find(({ step }) => step === "missing");
    assert.equal(refused?.excerpt, "there is no item 404, ä");
    assert.equal(refused?.expected, "status OK");
  }));
