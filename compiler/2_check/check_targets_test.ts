import assert from "node:assert/strict";
import { checkText, soundScenario } from "../../tests/checked_text.ts";
import type { RequestStep, Template } from "./scenario.ts";

const LOAD = '[load]\nmodel = "open"\nmax_vus = 10\nrate = "5/s"\nfor = "1m"\n';
const TARGETS = `name = "t"
[target]
base = "http://shop.test/api"
headers = { x-one = "1" }
timeout = "5s"
redirects = 3
transport = "fetch"
[targets.cdn]
base = "https://cdn.test:8443/static/"
connections = "shared:4"
cookies = true
auth = { bearer = "b" }
[targets.other]
base = "http://shop.test"
`;
const OAUTH = 'oauth2 = { token_url = "/token", client_id = "me", client_secret = "${secret.S}" }';

const flow = (...steps: string[]) =>
  `${LOAD}[[flow]]\nname = "f"\n${steps.map((step) => `[[flow.step]]\n${step}\n`).join("")}`;

function requests(...steps: string[]): RequestStep[] {
  return soundScenario(TARGETS + flow(...steps)).flows.flatMap((one) => one.steps).filter((
    step,
  ): step is RequestStep => step.kind === "request");
}

const codes = (...steps: string[]) => checkText(TARGETS + flow(...steps)).diagnostics.map(({ code }) => code);

const shown = (template: Template) =>
  template.map((part) => typeof part === "string" ? part : `<${part.variable}>`).join("");

Deno.test("targets stand beside each other, with nothing handed down", () => {
  const { transport, targets } = soundScenario(TARGETS + flow('get = "/"'));
  assert.equal(transport, "fetch");
  assert.deepEqual(
    targets.map(({ name, scheme, host, port, headers, timeoutTicks, connections, cookies }) => [
      [name, scheme, host, port],
      headers.map((header) => header.name),
      [timeoutTicks, connections.kind, cookies],
    ]),
    [
      [["", "http", "shop.test", 80], ["x-one"], [5_000_000, "per-vu", false]],
      [["cdn", "https", "cdn.test", 8443], [], [10_000_000, "shared", true]],
      [["other", "http", "shop.test", 80], [], [10_000_000, "per-vu", false]],
    ],
  );
});

Deno.test("a step has the target it names, or where its URL leads", () => {
  const cases: [
    step: string,
    target: number,
    url: string,
    timeout: number,
    redirects: number,
    auth: string,
  ][] = [
    ['get = "/a"', 0, "/api/a", 5_000_000, 3, "none"],
    ['get = "/a"\ntarget = "cdn"', 1, "/static/a", 10_000_000, 0, "bearer"],
    ['get = "https://cdn.test:8443/a"', 1, "/a", 10_000_000, 0, "bearer"],
    ['get = "https://cdn.test:8443/a"\ntarget = "cdn"', 1, "/a", 10_000_000, 0, "bearer"],
    ['get = "http://shop.test/a"', 0, "/a", 5_000_000, 3, "none"],
    ['get = "http://shop.test/a"\ntarget = "other"', 2, "/a", 10_000_000, 0, "none"],
    ['get = "/a"\ntarget = "other"\nauth = { basic = ["a", "b"] }', 2, "/a", 10_000_000, 0, "basic"],
    ['get = "/a"\ntarget = "cdn"\nheaders = { authorization = "x" }', 1, "/static/a", 10_000_000, 0, "none"],
  ];
  for (const [step, target, url, timeout, redirects, auth] of cases) {
    const [found] = requests(step);
    assert.deepEqual(
      [found.target, shown(found.url), found.timeoutTicks, found.redirects, found.auth.kind],
      [target, url, timeout, redirects, auth],
      step,
    );
  }
});

Deno.test("a captured URL stands as it is", () => {
  const make = 'get = "/"\ncapture = { next = { json = "/next" } }';
  const [, next, there] = requests(make, 'get = "${next}"', 'get = "${next}/more?a=1"\ntarget = "cdn"');
  assert.deepEqual([shown(next.url), next.target], ["<capture>", 0]);
  assert.deepEqual([shown(there.url), there.target], ["<capture>/more?a=1", 1]);
});

Deno.test("what is wrong with targets", () => {
  const cases: [step: string, wanted: string[]][] = [
    ['get = "/"\ntarget = "cnd"', ["Z1411"]],
    ['get = "https://cdn.test/"\ntarget = "cnd"', ["Z1411"]],
    ['get = "/"\ntarget = ""', ["Z1411"]],
    ['get = "https://cdn.test/"', ["Z1608"]],
    ['get = "http://shop.test/"\ntarget = "cdn"', ["Z1608"]],
    ['get = "${uuid}"', ["Z1607"]],
    ['think = "1s"\ntarget = "cdn"', ["Z1605", "Z1611"]],
  ];
  for (const [step, wanted] of cases) assert.deepEqual(codes(step).sort(), wanted, step);
  const bases: [text: string, wanted: string[]][] = [
    ['[targets.a]\nbase = "cdn.test"\n', ["Z1401"]],
    ["[targets.a]\n", ["Z1103"]],
    ['[targets.a]\nbase = "http://a"\ntransport = "fetch"\n', ["Z1101"]],
    ['[targets."a b"]\nbase = "http://a"\n', ["Z1106"]],
    ['[targets.__proto__]\nbase = "http://a"\n', ["Z1106"]],
    ["[targets]\na = 1\n", ["Z1102"]],
    ['[targets.a]\nbase = "http://a"\nheaders = { host = "b" }\n', ["Z1405"]],
  ];
  for (const [text, wanted] of bases) {
    const found =
      checkText(TARGETS.replace(/\[targets[\s\S]*/, text) + flow('get = "http://b.test/"')).diagnostics;
    const own = found.map(({ code }) => code).filter((code) => code !== "Z1608");
    assert.deepEqual(own, wanted, text);
  }
});

Deno.test("OAuth2 is read, with its defaults and the target of its token", () => {
  const target = (auth: string) =>
    TARGETS.replace('"http://shop.test/api"', `"http://shop.test/api"\nauth = { ${auth} }`);
  const [step] = soundScenario(target(OAUTH) + flow('get = "/"')).flows[0]?.steps ?? [];
  assert.ok(step?.kind === "request" && step.auth.kind === "oauth2");
  const { place: _, clientSecret, ...auth } = step.auth;
  assert.equal(shown(clientSecret), "<secret>");
  assert.deepEqual(auth, {
    kind: "oauth2",
    target: 0,
    tokenUrl: ["/api/token"],
    clientId: ["me"],
    scope: null,
    audience: null,
    send: "basic",
    per: "run",
  });
  const far =
    'oauth2 = { token_url = "https://cdn.test:8443/t", client_id = "${uuid}", client_secret = "x", ' +
    'scope = "a b", audience = "c", send = "body", per = "session" }';
  const [own] = requests(`get = "/"\nauth = { ${far} }`);
  assert.ok(own.auth.kind === "oauth2");
  assert.deepEqual(
    [own.auth.target, own.auth.tokenUrl, own.auth.scope, own.auth.audience, own.auth.send, own.auth.per],
    [1, ["/t"], ["a b"], ["c"], "body", "session"],
  );
});

Deno.test("what is wrong with OAuth2", () => {
  const make = 'get = "/"\ncapture = { x = { json = "/x" } }';
  const auth = (more: string) => `get = "/"\nauth = { ${OAUTH.replace(" }", `, ${more} }`)} }`;
  const id = (text: string, more = "") =>
    `get = "/"\nauth = { ${OAUTH.replace('"me"', `"${text}"${more}`)} }`;
  const cases: [steps: string[], wanted: string[]][] = [
    [[auth('send = "form"')], ["Z1104"]],
    [[auth('grant = "x"')], ["Z1101"]],
    [['get = "/"\nauth = { oauth2 = { token_url = "/t" } }'], ["Z1103", "Z1103"]],
    [[`get = "/"\nauth = { bearer = "x", ${OAUTH} }`], ["Z1408"]],
    [[id("")], ["Z1412"]],
    [[id("${session}")], ["Z1412"]],
    [[id("${session}", ', per = "session"')], []],
    [[make, id("${x}", ', per = "session"')], ["Z1412"]],
    [[`get = "/"\nauth = { ${OAUTH.replace('"/token"', '"token"')} }`], ["Z1607"]],
    [[`get = "/"\nauth = { ${OAUTH.replace('"/token"', '"http://id.test/token"')} }`], ["Z1608"]],
  ];
  for (const [steps, wanted] of cases) assert.deepEqual(codes(...steps), wanted, steps.join("\n"));
});

Deno.test("a token for a long load", () => {
  const long = (hours: string, per: string) => {
    const auth = `get = "/"\nauth = { ${OAUTH.replace(" }", `, per = "${per}" }`)} }`;
    return checkText(TARGETS + flow(auth).replace('"1m"', `"${hours}"`)).diagnostics.map(({ code }) => code);
  };
  assert.deepEqual(long("1h", "run"), []);
  assert.deepEqual(long("1h1s", "run"), ["Z1960"]);
  assert.deepEqual(long("2h", "session"), []);
});
