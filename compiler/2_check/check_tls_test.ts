import assert from "node:assert/strict";
import { checkText, soundScenario } from "../../tests/checked_text.ts";

const REST = '[load]\nmodel = "open"\nmax_vus = 10\nrate = "5/s"\nfor = "1m"\n' +
  '[[flow]]\nname = "f"\n[[flow.step]]\nget = "/"\n';
const CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n";
const FILES = {
  "ca.pem": CERTIFICATE,
  "both.pem": `${CERTIFICATE}-----BEGIN EC PRIVATE KEY-----\nMA==\n-----END EC PRIVATE KEY-----\n`,
  "words.pem": "trust me",
};

const text = (target: string) => `name = "t"\n[target]\n${target}\n${REST}`;
const codes = (target: string) =>
  checkText(text(target), { files: FILES }).diagnostics.map(({ code }) => code);

function tlsOf(keys: string): unknown {
  const { targets } = soundScenario(
    text(`base = "https://shop.test"\n${keys}`),
    { files: FILES },
    "warnings",
  );
  const { place: _, ...tls } = targets[0]?.tls ?? {};
  return tls;
}

const PLAIN = { ca: null, cert: null, key: null, serverName: "", insecure: false };

Deno.test("where certificates are, and when they are read", () => {
  const text = { kind: "text", text: CERTIFICATE };
  const file = (path: string) => ({ kind: "file", path });
  const secret = (name: string) => ({ kind: "secret", name });
  const cases: [keys: string, tls: unknown][] = [
    ["", PLAIN],
    ["tls = {}", PLAIN],
    ['tls = { ca = "ca.pem" }', { ...PLAIN, ca: text }],
    ['tls = { ca = "ca.pem", read = "start" }', { ...PLAIN, ca: file("ca.pem") }],
    ['tls = { ca = "nowhere.pem", read = "start" }', { ...PLAIN, ca: file("nowhere.pem") }],
    // A key is not read: it may not even be there yet.
    ['tls = { cert = "ca.pem", key = "client.key" }', { ...PLAIN, cert: text, key: file("client.key") }],
    ['tls = { ca = "${secret.CA}", cert = "${secret.CERT}", key = "${secret.KEY}" }', {
      ...PLAIN,
      ca: secret("CA"),
      cert: secret("CERT"),
      key: secret("KEY"),
    }],
    ['tls = { server_name = "a.test", insecure = true }', { ...PLAIN, serverName: "a.test", insecure: true }],
  ];
  for (const [keys, tls] of cases) assert.deepEqual(tlsOf(keys), tls, keys);
});

Deno.test("no private key gets into a plan", () => {
  const tls = (keys: string) => codes(`base = "https://shop.test"\ntls = { ${keys} }`);
  assert.deepEqual(tls('ca = "both.pem"'), ["Z1417"]);
  assert.deepEqual(tls('cert = "both.pem", key = "both.pem"'), ["Z1417"]);
  assert.deepEqual(tls('cert = "both.pem", key = "both.pem", read = "start"'), []);
  assert.deepEqual(tls('cert = "ca.pem", key = "-----BEGIN PRIVATE KEY-----"'), ["Z1416"]);
  assert.deepEqual(tls('cert = "ca.pem", key = "${env.KEY:-}"'), ["Z1416"]);
  assert.deepEqual(tls('cert = "ca.pem", key = "k-${session}"'), ["Z1416"]);
  assert.deepEqual(tls('ca = "words.pem"'), ["Z1417"]);
  assert.deepEqual(tls('ca = "nowhere.pem"'), ["Z1803"]);
});

Deno.test("insecure is a warning that can be allowed", () => {
  const target = 'base = "https://shop.test"\ntls = { insecure = true }';
  assert.deepEqual(codes(target), ["Z1962"]);
  assert.deepEqual(checkText(`allow = ["Z1962"]\n${text(target)}`).diagnostics, []);
});

Deno.test("protocols and streams that go together", () => {
  const [http, https] = ['base = "http://a.test"\n', 'base = "https://a.test"\n'];
  const cases: [target: string, codes: string[]][] = [
    [`${http}protocol = "h2"`, []],
    [`${https}protocol = "auto"`, []],
    [`${http}protocol = "auto"`, ["Z1419"]],
    [`${http}protocol = "h2"\nconnections = "shared:4"\nstreams = 100`, []],
    [`${http}protocol = "h2"\nconnections = "shared:4"\nstreams = 1`, []],
    [`${http}protocol = "h2"\nstreams = 2`, ["Z1420"]],
    [`${http}connections = "shared:4"\nstreams = 2`, ["Z1420"]],
    [`${https}protocol = "auto"\nconnections = "shared:4"\nstreams = 2`, ["Z1420"]],
    [`${https}transport = "fetch"\nprotocol = "h2"`, []],
    [`${http}transport = "fetch"\nprotocol = "h2"`, ["Z1421"]],
    [`${https}transport = "fetch"\ntls = { server_name = "b.test" }`, ["Z1421"]],
    [`${https}transport = "fetch"\ntls = { insecure = false }`, []],
    [`${http}transport = "epoll"\nprotocol = "h2"`, []],
    [`${https}transport = "epoll"\nprotocol = "h2"`, ["Z1413"]],
  ];
  for (const [target, wanted] of cases) assert.deepEqual(codes(target), wanted, target);
});
