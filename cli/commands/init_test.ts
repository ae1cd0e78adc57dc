import { deepEqual, equal, match, throws } from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "../../compiler/compile.ts";
import { UserError } from "../../runtime/user_error.ts";
import { startPracticeServer } from "../practice_server.ts";
import { starterScenario } from "../starter_scenario.ts";
import { init } from "./init.ts";

function inFolder(work: (folder: string) => void): void {
  const folder = Deno.makeTempDirSync();
  try {
    work(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** What is printed. */
function said(path: string): string {
  const lines: string[] = [];
  const log = console.log;
  console.log = (line: string) => void lines.push(line);
  try {
    equal(init(path), 0);
  } finally {
    console.log = log;
  }
  return lines.join("\n");
}

Deno.test("init writes a scenario and its schema, and says the next three commands", () => {
  inFolder((folder) => {
    const path = join(folder, "first-test");
    const text = said(path);
    equal(text.split("\n").filter((line) => line.startsWith("  z6c ")).length, 3);
    match(text, /^wrote .*first-test\.toml, and .*z6c\.schema\.json /);
    deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), [
      "first-test.toml",
      "z6c.schema.json",
    ]);
    match(Deno.readTextFileSync(`${path}.toml`), /^#:schema \.\/z6c\.schema\.json\n/);
    match(JSON.parse(Deno.readTextFileSync(join(folder, "z6c.schema.json"))).$schema, /draft-07/);
    // A second scenario shares the schema; one of another version is renewed.
    Deno.writeTextFileSync(join(folder, "z6c.schema.json"), '{\n  "title": "A z6c scenario"\n}\n');
    said(join(folder, "second.toml"));
    match(Deno.readTextFileSync(join(folder, "z6c.schema.json")), /"properties"/);
  });
});

Deno.test("init overwrites nothing, and leaves nothing behind where it cannot write", () => {
  const refused = (path: string, words: RegExp) =>
    throws(() => init(path), (error) => {
      if (!(error instanceof UserError)) return false;
      match(error.message, words);
      return error.exitCode === 104;
    });
  inFolder((folder) => {
    Deno.writeTextFileSync(join(folder, "a.toml"), "mine");
    refused(join(folder, "a"), /a\.toml is there already/);
    deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["a.toml"]);
    refused(join(folder, "gone", "a"), /there is no folder .*gone; make it first/);
    refused(join(folder, "Über Test.toml"), /"Über Test" cannot name a test; .* such as ber-test$/);
    Deno.writeTextFileSync(join(folder, "z6c.schema.json"), "{}");
    refused(join(folder, "b"), /z6c\.schema\.json is there already/);
    deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["a.toml", "z6c.schema.json"]);
    equal(Deno.readTextFileSync(join(folder, "a.toml")), "mine");
  });
});

Deno.test("what init writes compiles without a word", () => {
  const { plan, diagnostics } = compile("a.toml", starterScenario("a", "z6c.schema.json"), {
    environment: new Map(),
    version: "0.0.0",
    readFile: () => ({ reason: "there is no such file" }),
  });
  deepEqual(diagnostics, []);
  equal(plan?.name, "a");
});

Deno.test("what init writes passes against z6c serve", async () => {
  const folder = await Deno.makeTempDir();
  const server = startPracticeServer({ port: 0, host: "127.0.0.1", seed: 1 });
  // The same in a twentieth of the time.
  const short = starterScenario("a", "z6c.schema.json").replace(
    /for = "(\d+)s"/g,
    (_, s) => `for = "${s * 50}ms"`,
  );
  await Deno.writeTextFile(join(folder, "a.toml"), short);
  const root = new URL("../../", import.meta.url);
  const run = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--config",
      fileURLToPath(new URL("deno.json", root)),
      fileURLToPath(new URL("cli/main.ts", root)),
      ...["run", "a.toml", "--base", server.url, "--quiet", "--json"],
    ],
    cwd: folder,
  });
  const { stdout, stderr } = await run.output();
  await server.stop();
  await Deno.remove(folder, { recursive: true });
  const summary = JSON.parse(new TextDecoder().decode(stdout));
  // A busy machine may make the measurement invalid; what the target answered does not depend on that.
  const { issued, responded, unexpected } = summary.requests;
  deepEqual([responded, unexpected, summary.checks.failed], [issued, 0, 0], new TextDecoder().decode(stderr));
  equal(summary.requests.issued > 20, true);
});
