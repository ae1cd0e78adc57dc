/** Style as a test: names, sizes, dead files, docstrings, links. */
import assert from "node:assert/strict";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { filesBelow, readModules, type SourceModule, sourceModule } from "./module_imports.ts";

/** Where reading begins: what people, tasks and the emitted entry module start from. */
const ENTRIES = [
  "cli/main.ts",
  "cli/run_worker.ts",
  "cli/selftest/answering_server.ts",
  "compiler/zod/parts.ts",
  "bench/main.ts",
  "bench/floor_client.ts",
  "docs/generate.ts",
  "docs/report_schema/report_schema.ts",
  "tests/browser/pictures/main.ts",
  "cli/report_page/main.ts",
  "cli/report_page/bundle.ts",
  "tests/gates.ts",
  "tests/run_all.ts",
  "tests/simulator/main.ts",
  "tests/real_peers/npm/ws_server.ts",
  "tests/real_peers/npm/grpc_server.ts",
  "runtime/main.ts",
  "runtime/host/socket.ts",
  "runtime/host/fetch.ts",
];

const VAGUE_NAMES = /(?:^|\/)(?:utils?|helpers?|common|misc|index|mod)(?:\/|(?:_test)?\.\w+$)/;
const MOST_LINES = { source: 500, test: 700 } as const;
const DOCUMENTED = /^(?:runtime|compiler|targets)\//;
const EXPORTED = /^export (?:async )?(function\*?|class|const) (\w+)/;
/** Written in two halves, so that this file does not find itself. */
const LEFTOVER = new RegExp("\\b(?:TO" + "DO|FIX" + "ME|XX" + "X)\\b");
const MACHINE = new RegExp(
  "(?<![\\w.}$-])/(?:wo" + "rk|ro" + "ot)/|https?://[^/\\s\"']*(?:regis" + "try|artifac" + "tory|ne" + "xus)",
);
/** Text that people read and write. */
const TEXT = /\.(?:ts|md|json|toml|lock|sh|ya?ml|html|css|txt)$|^z6c$|^\.ci\/|^\.gitignore$/;

type TextFile = Readonly<{ path: string; text: string }>;

function nameProblems(paths: readonly string[]): string[] {
  return paths.filter((path) => VAGUE_NAMES.test(path)).map((path) => `${path}: a name that says nothing`);
}

function sizeProblems(modules: readonly SourceModule[]): string[] {
  return modules.flatMap(({ path, source }) => {
    const most = path.endsWith("_test.ts") ? MOST_LINES.test : MOST_LINES.source;
    const lines = source.split("\n").length - 1;
    return lines > most ? [`${path}: ${lines} lines; ${most} at most`] : [];
  });
}

/** Files whose every statement passes on another file's exports; to do so is what a package in parts is made by. */
function barrelProblems(modules: readonly SourceModule[]): string[] {
  return modules.filter(({ path, source }) => {
    if (path.startsWith("compiler/zod/")) return false;
    const code = source.replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, "").trim();
    return code !== "" && code.replace(/export\s+(?:type\s+)?(?:\*|\{)[^;"]*"[^"]+";/g, "").trim() === "";
  }).map(({ path }) => `${path}: only passes on what others export`);
}

/** Files that nothing but a test needs; below tests/, those that no test needs. */
function deadProblems(modules: readonly SourceModule[]): string[] {
  const isTest = (path: string) => path.endsWith("_test.ts");
  const inTests = (path: string) => path.startsWith("tests/");
  const used = reachable(modules, (path) => ENTRIES.includes(path));
  const usedByTests = reachable(modules, (path) => isTest(path) || path === "bench/main.ts");
  return modules.map(({ path }) => path)
    .filter((path) => !isTest(path) && !used.has(path) && !(inTests(path) && usedByTests.has(path)))
    .map((path) => `${path}: reached from no entry (${ENTRIES[0]}, …); delete it, or move it to tests/`);
}

function reachable(modules: readonly SourceModule[], isStart: (path: string) => boolean): Set<string> {
  const imports = new Map(modules.map(({ path, imports }) => [path, imports]));
  const reached = new Set<string>();
  const next = [...imports.keys()].filter(isStart);
  for (let path = next.pop(); path !== undefined; path = next.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    for (const { kind, path: imported } of imports.get(path) ?? []) {
      if (kind === "file") next.push(imported);
    }
  }
  return reached;
}

/**
 * Exports without a docstring right above. A file's own docstring speaks for its first export, as a file tells one
 * thing; one above several lines of constants speaks for all of them; the first of a function's overloads for the rest.
 */
function docstringProblems(modules: readonly SourceModule[]): string[] {
  const problems: string[] = [];
  for (const { path, source } of modules) {
    if (!DOCUMENTED.test(path) || path.endsWith("_test.ts")) continue;
    const lines = source.split("\n");
    let first = source.startsWith("/**");
    let inRun = false;
    for (const [i, line] of lines.entries()) {
      const [, kind, name] = EXPORTED.exec(line) ?? [];
      const above = lines[i - 1]?.trimEnd() ?? "";
      const runs: boolean = inRun && (kind === "const" || above.startsWith(`export function ${name}`));
      const documented: boolean = above.endsWith("*/") || first || runs;
      if (name !== undefined && !documented) {
        problems.push(`${path}:${i + 1}: ${name} has no docstring right above it`);
      }
      if (name !== undefined) first = false;
      inRun = name !== undefined && documented;
    }
  }
  return problems;
}

function textProblems(files: readonly TextFile[]): string[] {
  const problems: string[] = [];
  for (const { path, text } of files) {
    for (const [i, line] of text.split("\n").entries()) {
      const found = LEFTOVER.exec(line) ?? MACHINE.exec(line);
      if (found !== null) problems.push(`${path}:${i + 1}: ${found[0]}`);
      if (/(?:^|\/)deno\.lock$/.test(path) && /https?:\/\//.test(line)) {
        problems.push(`${path}:${i + 1}: a registry's address`);
      }
    }
  }
  return problems;
}

/** Relative links of Markdown that lead to no file. */
function linkProblems(files: readonly TextFile[], paths: readonly string[]): string[] {
  const known = new Set(paths.flatMap((path) => [path, ...foldersAbove(path)]));
  const problems: string[] = [];
  for (const { path, text } of files.filter(({ path }) => path.endsWith(".md"))) {
    const prose = text.replace(/^```[^]*?^```/gm, "").replace(/`[^`\n]*`/g, "");
    for (const [, target] of prose.matchAll(/\]\(\s*<?([^)\s>]+)/g)) {
      if (/^[a-z][a-z0-9+.-]*:|^#/i.test(target)) continue;
      const file = posix.join(posix.dirname(path), decodeURI(target.replace(/#.*$/, ""))).replace(/\/$/, "");
      if (!known.has(file)) problems.push(`${path}: ${target} leads nowhere`);
    }
  }
  return problems;
}

function foldersAbove(path: string): string[] {
  const folder = dirname(path);
  return folder === path ? [] : [folder, ...foldersAbove(folder)];
}

const root = fileURLToPath(new URL("..", import.meta.url));
const paths = await filesBelow(root);
const modules = await readModules(root);
const texts: TextFile[] = [];
for (const path of paths.filter((path) => TEXT.test(path))) {
  texts.push({ path, text: await Deno.readTextFile(join(root, path)) });
}

const CHECKS: readonly [string, () => string[]][] = [
  ["files are named after what they tell", () => nameProblems(paths)],
  ["files are short", () => sizeProblems(modules)],
  ["no file only passes on exports", () => barrelProblems(modules)],
  ["no file is dead", () => deadProblems(modules)],
  ["what is exported has a docstring", () => docstringProblems(modules)],
  ["no leftovers, no paths of one machine", () => textProblems(texts)],
  ["links lead to files", () => linkProblems(texts, paths)],
];
for (const [name, check] of CHECKS) Deno.test(name, () => assert.deepEqual(check(), []));

Deno.test("untidiness is caught", () => {
  const module = (path: string, source: string) => sourceModule(path, source, new Set());
  const count = (problems: readonly string[]) => problems.length;
  for (const path of ["a/utils.ts", "helpers/a.ts", "a/index.ts", "mod.ts", "a/misc_test.ts", "common/a"]) {
    assert.equal(count(nameProblems([path])), 1, path);
  }
  assert.equal(count(nameProblems(["a/common_words.ts", "a/modulo.ts", "a/index_of.ts", "z6c"])), 0);
  assert.equal(
    count(sizeProblems([module("a.ts", "\n".repeat(501)), module("a_test.ts", "\n".repeat(700))])),
    1,
  );
  assert.equal(
    count(
      barrelProblems([module("a.ts", `/** All. */\nexport * from "./b.ts";\nexport { c } from "./c.ts";`)]),
    ),
    1,
  );
  assert.equal(count(barrelProblems([module("a.ts", `export * from "./b.ts";\nexport const c = 1;`)])), 0);
  const parts = [
    module("cli/main.ts", `import "./used.ts";`),
    module("cli/used.ts", ""),
    module("cli/dead.ts", ""),
    module("cli/dead_test.ts", `import "./dead.ts"; import "../tests/a.ts";`.replace("; ", ";\n")),
    module("tests/a.ts", ""),
    module("tests/b.ts", ""),
  ];
  assert.deepEqual(deadProblems(parts).map((problem) => problem.split(":")[0]), [
    "cli/dead.ts",
    "tests/b.ts",
  ]);
  const bare =
    "/** A. */\nexport const a = 1;\nexport const b = 2;\nexport async function c() {}\nconst d = 1;";
  assert.equal(count(docstringProblems([module("runtime/a.ts", bare), module("cli/a.ts", bare)])), 1);
  const second =
    "/** File. */\nimport a;\n\nexport class A {}\n\nexport function b() {}\nexport const c = 1;";
  assert.equal(count(docstringProblems([module("runtime/a.ts", second)])), 2);
  assert.equal(count(docstringProblems([module("runtime/a.ts", "export function a() {}")])), 1);
  const said = [
    "TO" + "DO: later",
    `"/wo` + `rk/a"`,
    "https://npm.regis" + "try.example/a",
    "a/wo" + "rk/b",
    "fine",
  ];
  assert.equal(count(textProblems(said.map((text) => ({ path: "a.md", text })))), 3);
  assert.equal(count(textProblems([{ path: "deno.lock", text: "https://example.com" }])), 1);
  const text = "[a](b.md) [c](../c/) [d](#e) [f](https://g) [h](gone.md#i) `[j](k)`\n```\n[l](m)\n```\n";
  assert.deepEqual(linkProblems([{ path: "docs/a.md", text }], ["docs/b.md", "c/d.ts"]), [
    "docs/a.md: gone.md#i leads nowhere",
  ]);
});
