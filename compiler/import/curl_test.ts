import assert from "node:assert/strict";
import { compile } from "../compile.ts";
import { importScenario } from "./import_scenario.ts";

/** The scenario, compiled without a complaint; and what the import noted, without places. */
function imported(text: string): { scenario: string; notes: string[] } {
  const found = importScenario("shop.sh", text, "curl");
  if ("refused" in found) throw new Error(found.refused);
  const { diagnostics } = compile("shop.toml", found.scenario, {
    environment: new Map(),
    version: "0",
    readFile: () => new Uint8Array([97]),
  });
  assert.deepEqual(diagnostics, [], found.scenario);
  return { scenario: found.scenario, notes: found.notes.map((note) => note.replace(/^shop\.sh:/, "")) };
}

/** The first step, without its head and its name. */
function step(text: string): string {
  const { scenario } = imported(text);
  return scenario.split("[[flow.step]]\n")[1]?.split(/\n\n(?:# |\[\[)/)[0]?.replace(/^name = .*\n/, "")
    .trim() ?? "";
}

Deno.test("what curl sends, the step says", () => {
  const cases: [string, string][] = [
    ["curl a.test/x", `get = "/x"`],
    ["curl https://a.test", `get = "/"`],
    ["curl -XPOST https://a.test/x", `post = "/x"`],
    ["curl -I https://a.test/", `head = "/"`],
    ["curl 'https://a.test/a b?q=1#frag'", `get = "/a b?q=1"`],
    ["curl -d a=1 -d 'b=x y' a.test", `post = "/"\nform = { a = "1", b = "x y" }`],
    [
      "curl --data-raw @x -H 'content-type: text/plain' a.test",
      `post = "/"\nheaders = { content-type = "text/plain" }\nbody = "@x"`,
    ],
    [
      "curl -d 'not a form' a.test",
      `post = "/"\nheaders = { content-type = "application/x-www-form-urlencoded" }\nbody = "not a form"`,
    ],
    [
      `curl --json '{"a":[1,2.50,true],"b":{"c":"d"}}' a.test`,
      `post = "/"\nheaders = { accept = "application/json" }\njson = { a = [1, 2.50, true], b = { c = "d" } }`,
    ],
    [
      `curl -d '{"a":null}' -H 'Content-Type: application/json' a.test`,
      `post = "/"\nheaders = { content-type = "application/json" }\nbody = '{"a":null}'`,
    ],
    [
      `curl -d '{"n":9223372036854775808}' -H 'Content-Type: application/json' a.test`,
      `post = "/"\nheaders = { content-type = "application/json" }\nbody = '{"n":9223372036854775808}'`,
    ],
    [
      "curl --data-binary @up/x.bin a.test",
      `post = "/"\nheaders = { content-type = "application/x-www-form-urlencoded" }\nbody_file = "up/x.bin"`,
    ],
    ["curl -T x.bin a.test/x.bin", `put = "/x.bin"\nbody_file = "x.bin"`],
    ["curl -G -d a=1 --data-urlencode 'q=ü&' a.test/s?x=0", `get = "/s?x=0&a=1&q=%C3%BC%26"`],
    [
      "curl -F 'f=@a.png;type=image/png;filename=b.png' -F 'n=v' a.test",
      `post = "/"\nmultipart = { f = { file = "a.png", type = "image/png", name = "b.png" }, n = "v" }`,
    ],
    ["curl -u ann:pw a.test", `get = "/"\nauth = { basic = ["ann", "\${secret.PASSWORD}"] }`],
    ["curl https://ann:p%20w@a.test", `get = "/"\nauth = { basic = ["ann", "\${secret.PASSWORD}"] }`],
    ["curl -H 'Authorization: Bearer x.y' a.test", `get = "/"\nauth = { bearer = "\${secret.TOKEN}" }`],
    [
      "curl -H 'Authorization: Basic YW5uOnB3' a.test",
      `get = "/"\nauth = { basic = ["ann", "\${secret.PASSWORD}"] }`,
    ],
    [
      "curl -H 'Authorization: AWS4 x' a.test",
      `get = "/"\nheaders = { authorization = "\${secret.AUTHORIZATION}" }`,
    ],
    ['curl -H "Authorization: Bearer $JWT" a.test', `get = "/"\nauth = { bearer = "\${secret.JWT}" }`],
    ['curl "a.test/items/$ID"', `get = "/items/\${env.ID:-}"`],
    ["curl -b 'sid=1' a.test", `get = "/"\nheaders = { cookie = "\${secret.COOKIE}" }`],
    ["curl -H 'X-Api-Key: k' a.test", `get = "/"\nheaders = { x-api-key = "\${secret.X_API_KEY}" }`],
    ["curl 'a.test/x?api_key=k'", `get = "/x"\nquery = { api_key = "\${secret.API_KEY}" }`],
    [
      `curl --json '{"user":"a","password":"b"}' -H accept: a.test`,
      `post = "/"\nheaders = { accept = "application/json" }\njson = { user = "a", password = "\${secret.PASSWORD}" }`,
    ],
    [
      "curl -A me -e https://b.test -r 0-9 a.test",
      `get = "/"\nheaders = { user-agent = "me", referer = "https://b.test", range = "bytes=0-9" }`,
    ],
    [
      "curl -sSLm 2.5 --max-redirs 3 --retry 2 a.test",
      `get = "/"\ntimeout = "2.5s"\nredirects = 3\nretry = { times = 2 }`,
    ],
    ["curl -H 'a: 1' -H 'A: 2' a.test", `get = "/"\nheaders = { a = "1, 2" }`],
    ["curl -H 'Host: b' -H 'Content-Length: 3' a.test", `get = "/"`],
    [
      `curl a.test -d 'cash \${x}'`,
      `post = "/"\nheaders = { content-type = "application/x-www-form-urlencoded" }\nbody = "cash $\${x}"`,
    ],
    ["curl a.test//x", `get = "http://a.test//x"`],
    [
      `curl a.test/graphql --json '{"query":"{ a }","variables":{"n":1}}'`,
      `graphql = "/graphql"\nheaders = { accept = "application/json" }\nquery = "{ a }"\nvariables = { n = 1 }`,
    ],
  ];
  for (const [command, wanted] of cases) assert.equal(step(command), wanted, command);
});

Deno.test("what does not come along is noted, with its place", () => {
  const cases: [string, string[]][] = [
    ["curl -k a.test", [
      "1:6: -k is left out: certificates are checked all the same; for a test target, trust its authority on the machine",
    ]],
    ["curl --frob 7 a.test", ['1:6: --frob is left out: it is no option z6c knows, nor its value "7"']],
    ["curl --frob a.test", ["1:6: --frob is left out: it is no option z6c knows"]],
    ["curl -sSf --no-progress-meter -o /dev/null a.test", []],
    ["curl a.test\ncurl ftp://b.test/", ['2:6: "ftp://b.test/" is no http or https URL and is left out']],
    ["curl a.test\ncurl b.test a.test/y", [
      "2:6: a request to http://b.test is left out: a scenario has one target",
    ]],
    ["curl a.test\ncurl -X PURGE a.test", [
      '2:15: a request with the method "PURGE" is left out: no step has it',
    ]],
    ["jq . x\ncurl a.test", ['1:1: "jq" is no curl command and is passed over']],
    ["curl a.test -x p:1 -d @x -d y=1", [
      "1:13: -x is left out: z6c speaks to the target itself",
      "1:20: @x is left out: a body is one file or one text",
    ]],
  ];
  for (const [text, wanted] of cases) assert.deepEqual(imported(text).notes, wanted, text);
});

Deno.test("a file without a request is refused", () => {
  const cases: [string, string][] = [
    ["echo hi", "x.sh:1:1: there is no curl command in it"],
    ["curl --help", "x.sh:1:1: no curl command here has a URL that a scenario can request"],
    ["curl 'a", "x.sh:1:6: this quote ' is never closed"],
  ];
  for (const [text, wanted] of cases) {
    const found = importScenario("x.sh", text, "curl");
    assert.equal("refused" in found ? found.refused : "", wanted);
  }
});

Deno.test("several commands: shared headers said once, names told apart, the base a variable", () => {
  const { scenario } = imported(`API=https://shop.test/v1
curl "$API/items/7" -H "accept: text/css" -H "x-a: 1" --next -X DELETE "$API/items/7" -H "accept: text/css"
curl "$API/items/8" -H "accept: text/css"
curl "$API/users/1/items" -H "accept: text/css"`);
  assert.match(
    scenario,
    /base = "\$\{env\.API:-https:\/\/shop\.test\/v1\}"\nheaders = \{ accept = "text\/css" \}/,
  );
  assert.deepEqual(scenario.match(/^name = .*$/gm)?.slice(2), [
    'name = "items"',
    'name = "delete-items"',
    'name = "items-2"',
    'name = "users-items"',
  ]);
});
