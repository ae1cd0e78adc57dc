/**
 * Imports over real recordings and documents: each becomes a scenario that compiles, or is refused with a place; five
 * of each are run. The data lie beside the checkout; without them these tests are skipped.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { startPracticeServer } from "../cli/practice_server.ts";
import { compile } from "../compiler/compile.ts";
import { importScenario } from "../compiler/import/import_scenario.ts";
import type { SourceKind } from "../compiler/import/source_kind.ts";
import { agreedRequests, outcomeOf, startRun } from "./run_report.ts";
import { inFolder, runToEnd, Z6C } from "./running.ts";

type Source = Readonly<{ name: string; text: string; kind: SourceKind }>;

const DATA = new URL("../../shared/data/", import.meta.url);
const sources = [...sourcesIn("har", "har"), ...sourcesIn("openapi", "openapi")];
const ignore = sources.length === 0;

/** Damaged or empty on purpose. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ["data-url.har", ":8:14: no entry is a request that a scenario can make: 1 entry is left out: data: URLs"],
  ["not-json.har", ':8:5: a "," or "}" is missing here'],
  ["not-valid.har", ":2:9: this is no whole HAR file: its log has no list entries"],
  [
    "v3.1-webhook-example.json",
    ":7:15: the document has webhooks only, which the service sends; there is nothing to request",
  ],
  [
    "v3.1-webhook-example.yaml",
    ":8:3: the document has webhooks only, which the service sends; there is nothing to request",
  ],
]);

function sourcesIn(folder: string, kind: SourceKind): Source[] {
  try {
    const at = new URL(`${folder}/`, DATA);
    const names = [...Deno.readDirSync(at)].map(({ name }) => name).sort();
    return names.map((name) => ({ name, kind, text: Deno.readTextFileSync(new URL(name, at)) }));
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    console.log(`no data in ${folder} beside the checkout: tests over real data are skipped`);
    return [];
  }
}

/** Errors and warnings of the compiler, one line each. */
function complaints(scenario: string, severities: readonly string[]): string[] {
  const { diagnostics } = compile("imported.toml", scenario, {
    environment: new Map(),
    version: "0",
    readFile: () => new Uint8Array([97]),
  });
  return diagnostics.filter(({ severity }) => severities.includes(severity))
    .map(({ code, place, message }) => `${place.line}:${place.column} ${code} ${message}`);
}

Deno.test({
  name: "every recording and document becomes a scenario, or is refused with its place",
  ignore,
  fn: () => {
    assert.ok(sources.length >= 30, `${sources.length} sources`);
    for (const { name, text, kind } of sources) {
      const found = importScenario(name, text, null);
      assert.equal(found.kind, kind, `${name} is told by its content`);
      const wanted = REFUSED.get(name);
      if (wanted !== undefined || "refused" in found) {
        assert.equal("refused" in found ? found.refused : found.scenario, `${name}${wanted}`);
      } else {
        assert.deepEqual(complaints(found.scenario, ["error", "warning"]), [], `${name}:\n${found.scenario}`);
        for (const note of found.notes) assert.match(note, /^[\w.-]+:\d+:\d+: \S/);
      }
    }
  },
});

Deno.test({
  name: "YAML and JSON of the same document become the same scenario",
  ignore,
  fn: () => {
    // The two tic-tac-toes differ in the data.
    const pairs = sources.filter(({ name }) => name.endsWith(".yaml") && !/tictactoe|webhook/.test(name));
    for (const { name, text } of pairs) {
      const json = sources.find((other) => other.name === name.replace(/yaml$/, "json"));
      const scenarios = [text, json?.text ?? ""].map((text) => importScenario(name, text, "openapi"));
      const [one, other] = scenarios.map((found) => "scenario" in found ? found.scenario : found.refused);
      assert.equal(one, other, name);
    }
  },
});

const CURL = `TOKEN=$(cat token)
curl -sS "https://shop.test/items?page=$PAGE" -H "authorization: Bearer $TOKEN" \\
  -H 'x-a: it'\\''s' --compressed
curl -u ann:pw -d 'a=1&b=\${x}' --json '{"a":[1,null]}' https://shop.test/x -F 'f=@a.png;type=image/png'
curl $'https://shop.test/\\u00e9' -b a=b -G --data-urlencode 'q=a b' <<'END'
text
END
`;
const Z6 = `[metadata]
name = "Z6 test"
[runtime]
duration_seconds = 60
vus = 10
prng_seed = 42
[target]
base_url = "http://localhost:8080"
[[requests]]
name = "hello"
method = "POST"
path = "/hello"
headers = { "Content-Type" = "application/json" }
body = '''{"a": 1}'''
timeout_ms = 1000
weight = 0.5
[schedule]
type = "ramp"
start_vus = 1
ramp_duration_seconds = 5
[think_time]
type = "constant"
duration_ms = 100
[assertions]
p99_latency_ms = 100
error_rate_max = 0.01
`;

Deno.test("whatever happens to a source, its import ends in a scenario that compiles or in a located reason", () => {
  const kept: readonly Source[] = [
    ...sources.filter(({ text }) => text.length < 15_000),
    { name: "a.sh", kind: "curl", text: CURL },
    { name: "a.toml", kind: "z6", text: Z6 },
  ];
  const put = fc.constantFrom(
    ..."null|{|}|[|]|\"|'|${x}|$|\n|\\|-1|1e999|true|\u0000|\ue000|é|%|&|=|?|#|/|//|:|,|-|*a|&a|%zz|\t|'''|\"\"\"|\u2028|(|`|^"
      .split("|"),
    "\ud800",
    "|",
    "99999999999999999999",
    "__proto__",
    "https://x y/",
    "data:",
    "-H 'a: b' ",
    "<<E\n",
    "$ref",
  );
  const edit = fc.record({ at: fc.nat(), gone: fc.nat(12), put: fc.oneof(put, fc.constant("")) });
  fc.assert(
    fc.property(
      fc.constantFrom(...kept),
      fc.array(edit, { minLength: 1, maxLength: 3 }),
      ({ name, text, kind }, edits) => {
        const changed = edits.reduce((text, { at, gone, put }) => {
          const from = at % (text.length + 1);
          return text.slice(0, from) + put + text.slice(from + gone);
        }, text);
        const found = importScenario(name, changed, kind);
        if ("refused" in found) assert.match(found.refused, /^[\w.-]+:\d+:\d+: \S/);
        else assert.deepEqual(complaints(found.scenario, ["error"]), [], found.scenario);
      },
    ),
    { numRuns: 1_500 },
  );
  for (const kind of ["curl", "har", "openapi", "z6"] as const) {
    for (
      const text of [
        "",
        "\0",
        "[".repeat(100_000),
        "{".repeat(100_000),
        "- ".repeat(50_000),
        "a: ".repeat(9_999),
      ]
    ) {
      assert.ok("refused" in importScenario("a", text, kind), kind);
    }
  }
});

/** The same steps, over in a moment. */
function hastened(scenario: string): string {
  return scenario.replace('rate = "1/s"', 'rate = "10/s"').replace(/^for = .*/m, 'for = "300ms"')
    .replace(/^think = .*/gm, 'think = "1ms"').replace(/^on_error = .*\n/gm, "");
}

for (const kind of ["har", "openapi"] as const) {
  const runnable = sources.filter((source) =>
    source.kind === kind && !REFUSED.has(source.name) && !source.name.endsWith(".json")
  );
  // Some of each size.
  const chosen = runnable.filter((_, index) => index % Math.max(1, Math.floor(runnable.length / 5)) === 0)
    .slice(0, 5);
  Deno.test({
    name: `imported ${kind} files run: every request of every step goes out`,
    ignore: chosen.length < 5 && ignore,
    fn: async () => {
      assert.equal(chosen.length, 5);
      for (const { name, text } of chosen) {
        await inFolder(async (folder) => {
          const found = importScenario(name, text, null);
          assert.ok("scenario" in found);
          const secrets = [...found.scenario.matchAll(/\$\{secret\.(\w+)\}/g)].map(([, name]) => name ?? "");
          const steps = found.scenario.match(/^\[\[flow\.step\]\]\n(?!think)/gm)?.length ?? 0;
          const file = `${folder}/imported.toml`;
          await Deno.writeTextFile(file, hastened(found.scenario));
          const server = startPracticeServer({ port: 0, host: "127.0.0.1", seed: 1 });
          try {
            for (const secret of secrets) Deno.env.set(secret, "s3cret");
            const outcome = await outcomeOf(
              folder,
              startRun(folder, file, ["--base", server.url, "--quiet"]),
            );
            const { issued } = agreedRequests(outcome);
            assert.equal(issued, 3 * steps, `${name}: three sessions of ${steps} requests`);
            assert.equal(server.requests(), issued, name);
            assert.equal(outcome.report.requests.failed, 0, `${name}: every request is answered`);
          } finally {
            for (const secret of secrets) Deno.env.delete(secret);
            await server.stop();
          }
        });
      }
    },
  });
}

Deno.test("z6c import: a file, standard input, a new file, and never over an old one", async () => {
  await inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a.toml`, Z6);
    await Deno.writeTextFile(`${folder}/bad.har`, '{ "log": { "entries": [ }');
    const z6c = (...args: string[]) => runToEnd([...Z6C, "import", ...args], { cwd: folder });

    const shown = await z6c("a.toml");
    assert.equal(shown.code, 0, shown.stderr);
    const written = await z6c("z6", "a.toml", "-o", "out.toml");
    assert.equal(written.code, 0, written.stderr);
    assert.equal(await Deno.readTextFile(`${folder}/out.toml`), shown.stdout);
    assert.match(
      written.stderr,
      /^out\.toml: written from a Z6 scenario; read it through, then z6c check out\.toml$/m,
    );
    const checked = await runToEnd([...Z6C, "check", "out.toml"], { cwd: folder });
    assert.equal(checked.code, 0, checked.stdout + checked.stderr);

    const cases: [string[], string][] = [
      [["a.toml", "-o", "out.toml"], "out.toml is there already; remove it, or name another with -o"],
      [["bad.har"], 'bad.har:1:25: "}" begins no JSON value'],
      [["nowhere.har"], "cannot read nowhere.har: No such file or directory (os error 2)"],
      [["postman", "a.toml"], 'there is no importer for "postman"; there are curl, har, openapi, z6'],
    ];
    for (const [args, wanted] of cases) {
      const { code, stdout, stderr } = await z6c(...args);
      assert.deepEqual({ code, stdout, stderr }, { code: 104, stdout: "", stderr: `z6c: ${wanted}\n` });
    }

    const [program = "", ...args] = [...Z6C, "import", "curl", "-"];
    const child = new Deno.Command(program, { args, stdin: "piped", stdout: "piped", stderr: "piped" })
      .spawn();
    const keys = child.stdin.getWriter();
    await keys.write(new TextEncoder().encode("curl -k https://a.test/x\n"));
    await keys.close();
    const output = await child.output();
    const [stdout, stderr] = [output.stdout, output.stderr].map((bytes) => new TextDecoder().decode(bytes));
    assert.equal(output.code, 0, stderr);
    assert.match(stdout, /get = "\/x"/);
    assert.match(stderr, /^note: stdin:1:6: -k is left out: /);
  });
});
