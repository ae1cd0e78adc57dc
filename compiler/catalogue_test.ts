import assert from "node:assert/strict";
import { WARNINGS } from "./2_check/warning_codes.ts";
import { CATALOGUE, explain } from "./catalogue.ts";
import { compile } from "./compile.ts";
import { readProtos } from "./protos/read_protos.ts";

const HERE = new URL("./", import.meta.url);

/** What a fragment leaves out, from a sound scenario. */
function complete(fragment: string): string {
  const lacks = (pattern: RegExp) => !pattern.test(fragment);
  return [
    lacks(/^name = .*\n?[^[]*/) ? 'name = "example"' : "",
    fragment,
    lacks(/^\[target\]/m) ? '[target]\nbase = "http://127.0.0.1:8080"' : "",
    lacks(/^\[load\]/m) ? '[load]\nmodel = "open"\nmax_vus = 100\nrate = "10/s"\nfor = "10s"' : "",
    lacks(/^(\[\[flow\]\]|flow = \[)/m) ? '[[flow]]\nname = "browse"\n[[flow.step]]\nget = "/"' : "",
  ].filter((piece) => piece !== "").join("\n");
}

/** The files that examples name. */
const FILES: Readonly<Record<string, string>> = {
  "users.csv": "name,age\nAda,36\nBob,41\n",
  "users.txt": "name,age\nAda,36\n",
  "uneven.csv": "name,age\nAda\n",
  "header.csv": "name,age\n",
  "ca.pem": "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
  "client.pem": "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
  "shop.proto": `syntax = "proto3";
package shop;
service Catalog {
  rpc GetItem (GetItemRequest) returns (Item);
  rpc Watch (GetItemRequest) returns (stream Item);
}
message GetItemRequest { int32 id = 1; }
message Item { int32 id = 1; string name = 2; }`,
};

function readFile(path: string): Uint8Array | { reason: string } {
  const text = FILES[path];
  return text === undefined ? { reason: "there is no such file" } : new TextEncoder().encode(text);
}

function codesOf(fragment: string): string[] {
  const options = { environment: new Map<string, string>(), version: "0.0.0", readFile, readProtos };
  const { plan, diagnostics } = compile("example.toml", complete(fragment), options);
  const codes = diagnostics.map(({ code }) => code);
  assert.equal(plan === undefined, diagnostics.some(({ severity }) => severity === "error"));
  return codes;
}

for (const { code, example, mend } of CATALOGUE) {
  Deno.test(`${code}: the example has the problem, and the mend has none`, () => {
    assert.deepEqual([...new Set(codesOf(example))], [code]);
    assert.deepEqual(codesOf(mend), []);
  });
}

Deno.test("the catalogue is sorted, and no code stands twice", () => {
  const codes = CATALOGUE.map(({ code }) => code);
  assert.deepEqual(codes, [...new Set(codes)].sort());
  for (const code of codes) assert.match(code, /^Z1\d{3}$/);
});

Deno.test("codes in the compiler and codes in the catalogue are the same", () => {
  const used = new Set<string>();
  for (const file of sources(HERE)) {
    if (/_test\.ts$|catalogue/.test(file.pathname)) continue;
    // Comments give examples of codes that need not be used there.
    const code = Deno.readTextFileSync(file).replace(/\/\*[\s\S]*?\*\//g, "");
    for (const [match] of code.matchAll(/Z1\d{3}/g)) used.add(match);
  }
  assert.deepEqual([...used].sort(), CATALOGUE.map(({ code }) => code));
});

Deno.test("allow may name every warning, and nothing else", () => {
  const warnings = CATALOGUE.filter(({ cause }) => cause.startsWith("Warning. ")).map(({ code }) => code);
  assert.deepEqual(WARNINGS, warnings);
});

Deno.test("explain finds a code in whatever case", () => {
  assert.equal(explain("z1204")?.title, "rate without unit");
  assert.equal(explain("Z9999"), undefined);
});

function* sources(directory: URL): Generator<URL> {
  for (const entry of Deno.readDirSync(directory)) {
    if (entry.isDirectory) yield* sources(new URL(`${entry.name}/`, directory));
    else if (entry.name.endsWith(".ts")) yield new URL(entry.name, directory);
  }
}
