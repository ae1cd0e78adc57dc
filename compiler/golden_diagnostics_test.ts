import assert from "node:assert/strict";
import { compile } from "./compile.ts";
import { readProtos } from "./protos/read_protos.ts";
import { renderDiagnostics } from "./render.ts";

/** Each directory holds a wrong scenario and what z6c says of it. `UPDATE_GOLDEN=1` writes what it says now. */
const GOLDEN = new URL("../tests/golden/diagnostics/", import.meta.url);
const ENVIRONMENT = new Map([["BASE_URL", "http://127.0.0.1:8080"], ["EMPTY", ""], ["RATE", "ten"]]);

const names = [...Deno.readDirSync(GOLDEN)].filter((entry) => entry.isDirectory).map((entry) => entry.name)
  .sort();

/** Data files lie beside the scenario. */
function fileOf(name: string, path: string): Uint8Array | { reason: string } {
  try {
    return Deno.readFileSync(new URL(`${name}/${path}`, GOLDEN));
  } catch {
    return { reason: "there is no such file" };
  }
}

Deno.test("there are golden diagnostics", () => assert.ok(names.length >= 110, `${names.length} samples`));

for (const name of names) {
  Deno.test(`golden diagnostics: ${name}`, () => {
    const text = Deno.readTextFileSync(new URL(`${name}/scenario.toml`, GOLDEN));
    const { plan, diagnostics } = compile("scenario.toml", text, {
      environment: ENVIRONMENT,
      version: "0.0.0",
      readFile: (path) => fileOf(name, path),
      readProtos,
    });
    const shown = renderDiagnostics(diagnostics, new Map([["scenario.toml", text]]), {
      color: false,
      width: 100,
    });
    assert.ok(diagnostics.length > 0, "the sample is wrong somewhere");
    const isFailed = diagnostics.some(({ severity }) => severity === "error");
    assert.equal(plan === undefined, isFailed, "a plan comes of exactly what has no error");
    const file = new URL(`${name}/expected.txt`, GOLDEN);
    if (Deno.env.get("UPDATE_GOLDEN") === "1") Deno.writeTextFileSync(file, shown);
    assert.equal(shown, Deno.readTextFileSync(file));
  });
}
