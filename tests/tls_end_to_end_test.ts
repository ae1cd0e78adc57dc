/** TLS against nginx: what z6c says of handshakes, certificates and protocols is what nginx saw. */
import assert from "node:assert/strict";
import { ERROR, requestError } from "../runtime/ledger/errors.ts";
import { CLOSED } from "../runtime/ledger/record.ts";
import { hasCompileBase } from "./compile_base.ts";
import { onlyLedger, recordsOf } from "./ledger_records.ts";
import { assertProven, errorsOf, provenRun, recordsOfStep } from "./proven_run.ts";
import { type CertificateSet, writeCertificates } from "./real_peers/certificates.ts";
import {
  LARGE_BYTES,
  type NginxRequest,
  type NginxServer,
  startTlsNginx,
  type TlsNginx,
} from "./real_peers/tls_nginx.ts";
import { startTurningRelay } from "./real_peers/turning_relay.ts";
import { assertExitCode, type Outcome } from "./run_report.ts";
import { inFolder, runToEnd, Z6C } from "./running.ts";

const SESSIONS = 6;
const LOAD = `[load]
model = "closed"
vus = 2
iterations = ${SESSIONS}
`;
const CA = 'ca = "ca.pem"';
const CLIENT = 'cert = "client.pem", key = "client.key"';

/** One target of nginx and what is to come of it. Its requests' query is its name. */
type Case = Readonly<{
  name: string;
  path?: string;
  base(nginx: TlsNginx): string;
  /** Lines of its table. */
  target: string;
  status: number;
  /** As nginx logs them. */
  protocol: string;
  tls: string;
  clientVerified: RegExp;
  /** Connections that nginx is to see. */
  connections: number;
}>;

const USUAL = { status: 200, protocol: "HTTP/1.1", tls: "TLSv1.3", clientVerified: /^NONE$/, connections: 2 };

const CASES: readonly Case[] = [
  { ...USUAL, name: "plain", base: (nginx) => nginx.url("good"), target: `tls = { ${CA} }` },
  {
    ...USUAL,
    name: "read_at_start",
    base: (nginx) => nginx.url("good"),
    target: `tls = { ${CA}, read = "start" }`,
  },
  {
    ...USUAL,
    name: "each",
    base: (nginx) => nginx.url("good"),
    target: `connections = "per-request"\ntls = { ${CA} }`,
    connections: SESSIONS,
  },
  {
    ...USUAL,
    name: "old",
    base: (nginx) => nginx.url("tls12"),
    target: `protocol = "auto"\ntls = { ${CA} }`,
    protocol: "HTTP/2.0",
    tls: "TLSv1.2",
  },
  {
    ...USUAL,
    name: "chosen_h2",
    base: (nginx) => nginx.url("good"),
    target: `protocol = "auto"\ntls = { ${CA} }`,
    protocol: "HTTP/2.0",
  },
  {
    ...USUAL,
    name: "chosen_http1",
    base: (nginx) => nginx.url("http1"),
    target: `protocol = "auto"\ntls = { ${CA} }`,
  },
  {
    ...USUAL,
    name: "h2",
    base: (nginx) => nginx.url("good"),
    target: `protocol = "h2"\nconnections = "shared:1"\nstreams = 10\ntls = { ${CA} }`,
    protocol: "HTTP/2.0",
    connections: 1,
  },
  {
    ...USUAL,
    name: "named",
    base: (nginx) => nginx.url("wrongHost"),
    target: `tls = { ${CA}, server_name = "shop.test" }`,
  },
  {
    ...USUAL,
    name: "known_client",
    base: (nginx) => nginx.url("clientRequired"),
    target: `tls = { ${CA}, ${CLIENT} }`,
    clientVerified: /^SUCCESS$/,
  },
  {
    ...USUAL,
    name: "known_client_h2",
    base: (nginx) => nginx.url("clientRequired"),
    target: `protocol = "h2"\ntls = { ${CA}, cert = "client.pem", key = "\${secret.CLIENT_KEY}" }`,
    protocol: "HTTP/2.0",
    clientVerified: /^SUCCESS$/,
  },
  {
    ...USUAL,
    name: "no_client",
    base: (nginx) => nginx.url("clientRequired"),
    target: `tls = { ${CA} }`,
    status: 400,
    connections: SESSIONS,
  },
  {
    ...USUAL,
    name: "strange_client",
    base: (nginx) => nginx.url("clientRequired"),
    target: `tls = { ${CA}, cert = "strange_client.pem", key = "strange_client.key" }`,
    status: 400,
    clientVerified: /^FAILED:/,
    connections: SESSIONS,
  },
  {
    ...USUAL,
    name: "large",
    path: "/large",
    base: (nginx) => nginx.url("good"),
    target: `tls = { ${CA} }`,
  },
  {
    ...USUAL,
    name: "large_to_known_client",
    path: "/large",
    base: (nginx) => nginx.url("clientRequired"),
    target: `tls = { ${CA}, ${CLIENT} }`,
    clientVerified: /^SUCCESS$/,
  },
  {
    ...USUAL,
    name: "large_h2",
    path: "/large",
    base: (nginx) => nginx.url("tls12"),
    target: `protocol = "h2"\ntls = { ${CA} }`,
    protocol: "HTTP/2.0",
    tls: "TLSv1.2",
  },
  {
    ...USUAL,
    name: "large_h2_to_known_client",
    path: "/large",
    base: (nginx) => nginx.url("clientRequired"),
    target: `protocol = "h2"\ntls = { ${CA}, ${CLIENT} }`,
    protocol: "HTTP/2.0",
    clientVerified: /^SUCCESS$/,
  },
  ...(["expired", "notYetValid", "wrongHost", "unknownIssuer", "selfSigned"] as const).map((kind) => ({
    ...USUAL,
    name: `insecure_${kind.toLowerCase()}`,
    base: (nginx: TlsNginx) => nginx.url(kind),
    target: `tls = { insecure = true }`,
  })),
];

type ScenarioCase = Pick<Case, "name" | "path" | "base" | "target" | "status">;

/** Targets and a flow that asks each of them once; `[target]` is the first. */
function scenario(nginx: TlsNginx, cases: readonly ScenarioCase[]): string {
  const [first, ...others] = cases;
  const steps = cases.map(({ name, path = "/", status }) =>
    `[[flow.step]]
name = "${name}"
${name === first.name ? "" : `target = "${name}"`}
get = "${path}?${name}"
expect = { status = ${status}${path === "/" ? "" : `, body = { matches = "^a{${LARGE_BYTES}}$" }`} }
`
  );
  return `name = "tls"
[target]
base = "${first.base(nginx)}"
${first.target}
${others.map(({ name, base, target }) => `[targets.${name}]\nbase = "${base(nginx)}"\n${target}\n`).join("")}
${LOAD}
[[flow]]
name = "visit"
${steps.join("")}`;
}

/** What must be nowhere: the body of a key, in each of its lines. */
function keyLines(file: string): string[] {
  return Deno.readTextFileSync(file).split("\n").filter((line) => line !== "" && !line.startsWith("-----"));
}

function assertHolds(where: string, text: string, key: readonly string[], expected = false): void {
  for (const line of key) assert.equal(text.includes(line), expected, `a line of a key and ${where}`);
}

/** Any bytes, each as one character. */
function latin1(file: string): string {
  return new TextDecoder("latin1").decode(Deno.readFileSync(file));
}

function logged(nginx: TlsNginx, name: string): NginxRequest[] {
  return nginx.log().filter(({ path }) => path.endsWith(`?${name}`));
}

Deno.test("every target gets the handshake that it wants, and nginx counts them as z6c does", () =>
  inFolder(async (folder) => {
    const certificates = writeCertificates(folder);
    await using nginx = await startTlsNginx(folder, { certificates });
    const outcome = await withKey(certificates, () => startedIn(folder, scenario(nginx, CASES)));
    await nginx.stop();
    assertExitCode(outcome, 0);
    assert.deepEqual(errorsOf(outcome), {});
    for (const { name, status, protocol, tls, clientVerified, connections } of CASES) {
      const log = logged(nginx, name);
      assert.equal(log.length, SESSIONS, name);
      for (const it of log) {
        assert.deepEqual([it.status, it.protocol, it.tls], [status, protocol, tls], name);
        assert.match(it.clientVerified, clientVerified, name);
      }
      assert.equal(new Set(log.map(({ connection }) => connection)).size, connections, `${name}: nginx`);
      assert.equal(recordsOfStep(outcome, "connectionOpened", name).length, connections, name);
      const secured = recordsOfStep(outcome, "connectionSecured", name);
      assert.equal(secured.length, connections, name);
      assert(secured.every(({ a }) => a === (protocol === "HTTP/2.0" ? 2 : 1)), name);
      const opened = recordsOfStep(outcome, "connectionOpened", name);
      assert(opened.every(({ c }) => c > 0), `${name}: every handshake takes its time`);
      assert.equal(recordsOfStep(outcome, "responseEnded", name).filter(({ c }) => c >>> 24 > 0).length, 0);
    }
    assertHandshakes(outcome, nginx);
    await assertWarned(outcome, nginx, folder);
    assertNoKey(outcome, certificates);
  }));

/** Runs with the client's key in the environment, which is that of `${secret.CLIENT_KEY}`. */
async function withKey(certificates: CertificateSet, use: () => Promise<Outcome>): Promise<Outcome> {
  Deno.env.set("CLIENT_KEY", Deno.readTextFileSync(certificates.client.key));
  try {
    return await use();
  } finally {
    Deno.env.delete("CLIENT_KEY");
  }
}

/** The files that are read at start lie where it is started. */
function startedIn(folder: string, text: string): Promise<Outcome> {
  return provenRun(folder, text, [], ["ca.pem", "client.key", "strange_client.key"]);
}

function assertHandshakes({ ledger, report }: Outcome, nginx: TlsNginx): void {
  const log = nginx.log();
  const wanted = CASES.reduce((sum, { connections }) => sum + connections, 0);
  assert.equal(new Set(log.map(({ connection }) => connection)).size, wanted);
  const secured = recordsOf(ledger, "connectionSecured");
  assert.equal(secured.length, wanted);
  assert.deepEqual(
    [report.connections?.secured, report.connections?.opened, report.phases.tls?.count],
    [wanted, wanted, wanted],
  );
  const resumed = new Set(log.filter((it) => it.isSessionReused).map(({ connection }) => connection)).size;
  assert.equal(
    secured.filter(({ b }) => b === 1).length,
    resumed,
    "sessions of TLS that were taken up again",
  );
  const http2 = CASES.filter(({ protocol }) => protocol === "HTTP/2.0");
  assert.equal(
    report.connections?.securedHttp2,
    http2.reduce((sum, { connections }) => sum + connections, 0),
  );
}

/** Of `insecure`: before the run, and in what is reported of it. */
async function assertWarned({ ended, ledger, report }: Outcome, nginx: TlsNginx, cwd: string): Promise<void> {
  const insecure = report.run.targets.filter((target) => target.insecure).map(({ name }) => name);
  assert.deepEqual(
    insecure,
    CASES.map(({ name }) => name).filter((name) => name.startsWith("insecure_")).sort(),
  );
  assert.match(ended.stderr, /warning Z1962/);
  const page = await runToEnd([...Z6C, "report", ledger.path], { cwd, env: { COLUMNS: "200" } });
  assert.match(page.stdout, /certificates were not checked \(tls\.insecure\)/);
  assert(page.stdout.includes(nginx.url("selfSigned")), page.stdout);
}

function assertNoKey({ ended, ledger }: Outcome, certificates: CertificateSet): void {
  const inlined = keyLines(certificates.ca);
  assertHolds("the plan, which has what is read at build", latin1(ledger.path), inlined, true);
  for (const { key } of [certificates.client, certificates.strangeClient]) {
    const lines = keyLines(key);
    assertHolds("the ledger, with the plan in it", latin1(ledger.path), lines);
    assertHolds("the report", ended.stdout, lines);
    assertHolds("what was said", ended.stderr, lines);
  }
}

/** What is bad: a server of nginx that is not what the target asks for. `before`: the one that is good. */
const FAILURES: readonly Readonly<
  { name: string; server: NginxServer; before?: NginxServer; target: string; error: keyof typeof ERROR }
>[] = [
  { name: "expired", server: "expired", target: `tls = { ${CA} }`, error: "tls.expired" },
  { name: "not_yet", server: "notYetValid", target: `tls = { ${CA} }`, error: "tls.expired" },
  { name: "host", server: "wrongHost", target: `tls = { ${CA} }`, error: "tls.host" },
  {
    name: "server_name",
    server: "good",
    before: "wrongHost",
    target: `tls = { ${CA}, server_name = "shop.test" }`,
    error: "tls.host",
  },
  { name: "issuer", server: "unknownIssuer", target: `tls = { ${CA} }`, error: "tls.issuer" },
  { name: "self", server: "selfSigned", target: `tls = { ${CA} }`, error: "tls.issuer" },
  // A client that shows a certificate is of another make.
  { name: "client_expired", server: "expired", target: `tls = { ${CA}, ${CLIENT} }`, error: "tls.expired" },
  { name: "client_host", server: "wrongHost", target: `tls = { ${CA}, ${CLIENT} }`, error: "tls.host" },
  {
    name: "client_issuer",
    server: "unknownIssuer",
    target: `tls = { ${CA}, ${CLIENT} }`,
    error: "tls.issuer",
  },
  { name: "client_self", server: "selfSigned", target: `tls = { ${CA}, ${CLIENT} }`, error: "tls.issuer" },
  { name: "no_h2", server: "http1", target: `protocol = "h2"\ntls = { ${CA} }`, error: "tls.protocol" },
  { name: "no_tls", server: "clear", target: `tls = { ${CA} }`, error: "tls.failed" },
];

Deno.test("every certificate that turns bad has its name in ledger and report, with the way out", () =>
  inFolder(async (folder) => {
    const certificates = writeCertificates(folder);
    await using nginx = await startTlsNginx(folder, { certificates });
    using relays = new DisposableStack();
    const cases: ScenarioCase[] = [];
    for (const { name, server, before = "good", target } of FAILURES) {
      const relay = relays.use(await startTurningRelay(nginx.port(before), nginx.port(server)));
      cases.push({ name, base: () => `https://localhost:${relay.port}`, target, status: 200 });
    }
    const outcome = await startedIn(folder, scenario(nginx, cases));
    for (const { name, error } of FAILURES) {
      const failed = recordsOfStep(outcome, "requestFailed", name);
      const found = failed.map(({ a }) => requestError(a).name);
      assert.deepEqual(found, Array(SESSIONS).fill(error), name);
      const told = outcome.report.errors.find((it) => it.name === error);
      assert(told?.steps.some(({ step, excerpt }) => step === name && excerpt !== ""), name);
      assert.equal(told?.action, requestError(ERROR[error]).action);
    }
    const { requests } = outcome.report;
    assert.deepEqual([requests.failed, requests.responded], [FAILURES.length * SESSIONS, 0]);
    assert.equal(recordsOf(outcome.ledger, "connectionSecured").length, 0);
    const env = { COLUMNS: "200" };
    const page = await runToEnd([...Z6C, "report", outcome.ledger.path], { cwd: folder, env });
    assert.match(page.stdout, /renew the target's certificate/);
    assert.match(page.stdout, /name its authority with tls = \{ ca/);
  }));

Deno.test("a certificate that is bad from the beginning ends a run before it begins", () =>
  inFolder(async (folder) => {
    const certificates = writeCertificates(folder);
    await using nginx = await startTlsNginx(folder, { certificates });
    const strange = { name: "strange", base: () => nginx.url("good"), target: "", status: 200 };
    Deno.writeTextFileSync(`${folder}/tls.toml`, scenario(nginx, [strange]));
    const ended = await runToEnd([...Z6C, "run", "tls.toml", "--quiet"], { cwd: folder });
    assert.equal(ended.code, 1);
    assert.match(
      ended.stderr,
      /nobody this machine trusts has issued the target's certificate \(tls\.issuer\)/,
    );
    assert.match(ended.stderr, /name its authority with tls = \{ ca = "ca\.pem" \}/);
    assert.deepEqual(nginx.log(), []);
  }));

for (const protocol of ["http/1.1", "h2"]) {
  Deno.test(`a connection that nginx ends while nobody uses it is opened again: ${protocol}`, () =>
    inFolder(async (folder) => {
      const certificates = writeCertificates(folder);
      await using nginx = await startTlsNginx(folder, { certificates, idleMs: 50 });
      const text = `name = "idle"
[target]
base = "${nginx.url("good")}"
protocol = "${protocol}"
tls = { ca = "ca.pem" }
[load]
model = "closed"
vus = 2
iterations = 4
[[flow]]
name = "visit"
[[flow.step]]
get = "/"
[[flow.step]]
think = "300ms"
`;
      const outcome = await provenRun(folder, text);
      assertExitCode(outcome, 0);
      assert.equal(outcome.report.requests.responded, 4);
      const closed = recordsOf(outcome.ledger, "connectionClosed").map(({ a }) => a);
      // HTTP/2 says so, by GOAWAY.
      assert.deepEqual(closed, Array(4).fill(protocol === "h2" ? CLOSED.announced : CLOSED.byTarget));
    }));
}

const native = await hasCompileBase(Deno.build.target);

Deno.test("an executable holds certificates that are inlined, no key, and reads the key where it is started", () =>
  inFolder(async (folder) => {
    const certificates = writeCertificates(folder);
    await using nginx = await startTlsNginx(folder, { certificates });
    const cases = CASES.filter(({ name }) => name.startsWith("known_client"));
    Deno.writeTextFileSync(`${folder}/tls.toml`, scenario(nginx, cases));
    const form = native ? "native" : "portable";
    const made = await runToEnd(
      [...Z6C, "build", "tls.toml", "--form", form, "--output", `${folder}/visit`],
      { cwd: folder },
    );
    assert.equal(made.code, 0, made.stderr);
    const elsewhere = `${folder}/elsewhere`;
    Deno.mkdirSync(elsewhere);
    Deno.copyFileSync(`${folder}/visit`, `${elsewhere}/visit`);
    const key = keyLines(certificates.client.key);
    assertHolds("the executable", latin1(`${elsewhere}/visit`), key);
    const env = { CLIENT_KEY: Deno.readTextFileSync(certificates.client.key) };
    const start = () => runToEnd([`${elsewhere}/visit`, "--json", "--quiet"], { cwd: elsewhere, env });
    const keyless = await start();
    assert.equal(keyless.code, 104, keyless.stderr);
    assert.match(keyless.stderr, /client\.key is not there/);
    Deno.copyFileSync(certificates.client.key, `${elsewhere}/client.key`);
    const ended = await start();
    assert.notEqual(ended.stdout, "", ended.stderr);
    const ledger = onlyLedger(`${elsewhere}/z6c-out`);
    const outcome = { ended, report: JSON.parse(ended.stdout), ledger };
    assertExitCode(outcome, 0);
    await assertProven(outcome);
    for (const text of [ended.stdout, ended.stderr, latin1(ledger.path)]) assertHolds("a trace", text, key);
    await nginx.stop();
    assert.equal(nginx.log().length, cases.length * SESSIONS);
    assert(nginx.log().every(({ status, clientVerified }) => status === 200 && clientVerified === "SUCCESS"));
  }));
