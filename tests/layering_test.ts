/** The direction of imports, and where the world's effects may be: ARCHITECTURE as data. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { readModules, type SourceModule, sourceModule } from "./module_imports.ts";

/** `at`: paths or, with a slash at the end, folders; the first layer that fits is meant. Own layer is always allowed. */
type Layer = Readonly<
  { name: string; at: readonly string[]; sees: readonly string[]; outside: readonly string[] }
>;

const RUNTIME_LEAVES = [
  "runtime/comparison.ts",
  "runtime/grpc_statuses.ts",
  "runtime/version.ts",
  "runtime/user_error.ts",
  "runtime/target_name.ts",
  "runtime/text_width.ts",
];
const RUNTIME = [
  "plan",
  "leaves",
  "protocol",
  "ledger",
  "engine",
  "host",
  "decisions",
  "reduce",
  "report",
  "run",
  "main",
];
const PHASES = ["1_parse", "2_check", "3_lower", "4_emit"];
const PURE = ["node:assert/strict", "node:crypto"];

const LAYERS: readonly Layer[] = [
  {
    name: "plan",
    at: [
      "runtime/plan.ts",
      "runtime/plan_checks.ts",
      "runtime/plan_messages.ts",
      "runtime/plan_templates.ts",
    ],
    sees: [],
    outside: [],
  },
  { name: "leaves", at: RUNTIME_LEAVES, sees: ["plan"], outside: [] },
  { name: "protocol", at: ["runtime/protocol/"], sees: ["plan"], outside: [] },
  { name: "ledger", at: ["runtime/ledger/"], sees: ["plan", "leaves"], outside: PURE },
  { name: "engine", at: ["runtime/engine/"], sees: ["ledger", "protocol", "plan", "leaves"], outside: [] },
  {
    name: "host",
    at: ["runtime/host/"],
    sees: ["engine", "ledger", "protocol", "plan", "leaves"],
    outside: ["node:*"],
  },
  {
    name: "decisions",
    at: ["runtime/decisions/"],
    sees: ["engine", "ledger", "plan", "leaves"],
    outside: [],
  },
  { name: "reduce", at: ["runtime/reduce/"], sees: ["decisions", "ledger", "plan", "leaves"], outside: [] },
  { name: "report", at: ["runtime/report/"], sees: ["reduce", "decisions", "plan", "leaves"], outside: [] },
  // The script of the HTML report, which a browser runs.
  { name: "page", at: ["cli/report_page/"], sees: ["report", "reduce"], outside: ["uplot", "node:*"] },
  { name: "run", at: ["runtime/run.ts"], sees: ["host", "engine", "ledger", "plan", "leaves"], outside: [] },
  { name: "main", at: ["runtime/"], sees: RUNTIME, outside: ["node:*"] },

  { name: "diagnostic", at: ["compiler/diagnostic.ts"], sees: [], outside: [] },
  { name: "zod", at: ["compiler/zod/"], sees: [], outside: ["zod"] },
  {
    name: "1_parse",
    at: ["compiler/1_parse/"],
    sees: ["diagnostic"],
    outside: [...PURE, "toml-eslint-parser"],
  },
  {
    name: "2_check",
    at: ["compiler/2_check/"],
    sees: ["zod", "1_parse", "diagnostic", "plan", "leaves"],
    outside: PURE,
  },
  {
    name: "3_lower",
    at: ["compiler/3_lower/"],
    sees: ["1_parse", "2_check", "diagnostic", "plan"],
    outside: PURE,
  },
  { name: "4_emit", at: ["compiler/4_emit/"], sees: [...PHASES, "diagnostic", "plan"], outside: PURE },
  {
    name: "protos",
    at: ["compiler/protos/"],
    sees: ["2_check", "protocol", "plan"],
    outside: ["protobufjs"],
  },
  {
    name: "import",
    at: ["compiler/import/"],
    sees: [],
    outside: ["yaml", "toml-eslint-parser"],
  },
  {
    name: "compiler",
    at: ["compiler/"],
    sees: ["zod", ...PHASES, "diagnostic", "plan", "leaves"],
    outside: [...PURE, "zod"],
  },

  {
    name: "targets",
    at: ["targets/"],
    sees: ["compiler", ...PHASES, "diagnostic", "plan"],
    outside: ["node:*"],
  },
  {
    name: "cli",
    at: ["cli/"],
    sees: ["targets", "import", "protos", "compiler", ...PHASES, "diagnostic", ...RUNTIME],
    outside: ["node:*", "commander", "hdr-histogram-js", "hyparquet-writer", "protobufjs"],
  },
];

/** Words for what only hosts and the outermost layers may touch, by layer that must do without. */
const EFFECTS: readonly { layers: readonly string[]; word: RegExp; instead: string }[] = [
  {
    layers: [
      "plan",
      "protocol",
      "ledger",
      "engine",
      "decisions",
      "run",
      "reduce",
      "report",
      "import",
      "compiler",
      "diagnostic",
      ...PHASES,
    ],
    word: /\bDeno\.|\bfetch\(|\bconsole\.|\b(?:set|clear)(?:Timeout|Interval|Immediate)\(|\bnew WebSocket\(/,
    instead: "take what it needs as an argument",
  },
  {
    layers: [
      "plan",
      "protocol",
      "ledger",
      "engine",
      "decisions",
      "run",
      "reduce",
      "report",
      "import",
      "compiler",
      "diagnostic",
      ...PHASES,
    ],
    word: /\bDate\.now\(|\bnew Date\(\)|\bperformance\./,
    instead: "take the time as an argument",
  },
  {
    layers: LAYERS.map(({ name }) => name),
    word: /\bMath\.random\(/,
    instead: "draw keyed numbers by KeyedRandom",
  },
];

const isTest = (path: string) => path.endsWith("_test.ts");

function layerOf(path: string): Layer | undefined {
  return LAYERS.find(({ at }) =>
    at.some((place) => place.endsWith("/") ? path.startsWith(place) : path === place)
  );
}

/** Every import against the table; tests may import what they like. */
function layeringProblems(modules: readonly SourceModule[]): string[] {
  const problems: string[] = [];
  for (const { path, imports } of modules.filter(({ path }) => !isTest(path))) {
    const layer = layerOf(path);
    if (layer === undefined) continue;
    for (const { kind, path: imported } of imports) {
      if (kind === "file") {
        const name = layerOf(imported)?.name ?? "nothing of ours";
        if (name !== layer.name && !layer.sees.includes(name)) {
          problems.push(
            `${path} (${layer.name}) imports ${imported} (${name}); it may see ${layer.sees.join(", ")}`,
          );
        }
      } else if (
        !layer.outside.includes(imported) && !(kind === "node" && layer.outside.includes("node:*"))
      ) {
        problems.push(`${path} (${layer.name}) imports ${imported}; it may see ${layer.outside.join(", ")}`);
      }
    }
  }
  return problems;
}

function effectProblems(modules: readonly SourceModule[]): string[] {
  const problems: string[] = [];
  for (const { path, source } of modules.filter(({ path }) => !isTest(path))) {
    const name = layerOf(path)?.name ?? "";
    for (const { word, instead } of EFFECTS.filter(({ layers }) => layers.includes(name))) {
      for (const [i, line] of source.split("\n").entries()) {
        const code = line.replace(/^\s*(?:\/?\*|\/\/).*| \/\/ .*/, "");
        const found = word.exec(code);
        if (found !== null) problems.push(`${path}:${i + 1} (${name}) uses ${found[0]}; ${instead}`);
      }
    }
  }
  return problems;
}

/** Files that import each other in a circle, one line a circle. */
function circles(modules: readonly SourceModule[]): string[] {
  const imports = new Map(modules.map(({ path, imports }) => [path, imports]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]) => {
    const start = trail.indexOf(path);
    if (start >= 0) found.push([...trail.slice(start), path].join(" → "));
    if (start >= 0 || done.has(path)) return;
    for (const { kind, path: next } of imports.get(path) ?? []) {
      if (kind === "file") visit(next, [...trail, path]);
    }
    done.add(path);
  };
  for (const path of imports.keys()) visit(path, []);
  return found;
}

const modules = await readModules(fileURLToPath(new URL("..", import.meta.url)));

Deno.test("every import points the way of ARCHITECTURE", () =>
  assert.deepEqual(layeringProblems(modules), []));

Deno.test("clock, network, files and chance stay in hosts and the outermost layers", () => {
  assert.deepEqual(effectProblems(modules), []);
});

Deno.test("no files import each other in a circle", () => assert.deepEqual(circles(modules), []));

Deno.test("violations are caught", () => {
  const npm = new Set(["zod", "commander"]);
  const cases: [string, string, number][] = [
    ["runtime/plan.ts", `import "./version.ts";`, 1],
    ["runtime/engine/a.ts", `import type { A } from "../host/b.ts";`, 1],
    ["runtime/engine/a.ts", `export * from "../report/b.ts";`, 1],
    ["runtime/engine/a.ts", `import {\n  A,\n} from "../reduce/b.ts";`, 1],
    ["runtime/engine/a.ts", `import { A } from "../protocol/b.ts";`, 0],
    ["runtime/protocol/a.ts", `import { A } from "../ledger/b.ts";`, 1],
    ["runtime/decisions/a.ts", `import { A } from "../reduce/b.ts";`, 1],
    ["runtime/reduce/a.ts", `import { A } from "../decisions/b.ts";`, 0],
    ["runtime/engine/a.ts", `const a = await import("../run.ts");`, 1],
    ["runtime/engine/a.ts", `import "node:fs";`, 1],
    ["runtime/engine/a.ts", `// import "node:fs";`, 0],
    ["runtime/engine/a_test.ts", `import "../host/b.ts";`, 0],
    ["runtime/engine/a.ts", `import { A } from "../ledger/b.ts";`, 0],
    ["runtime/host/a.ts", `import "node:dns"; `, 0],
    ["runtime/host/a.ts", `import "zod";`, 1],
    ["runtime/main.ts", `import "../compiler/compile.ts";`, 1],
    ["compiler/2_check/a.ts", `import "../3_lower/b.ts";`, 1],
    ["compiler/3_lower/a.ts", `import "../2_check/b.ts";`, 0],
    ["compiler/3_lower/a.ts", `import "../../runtime/ledger/b.ts";`, 1],
    ["compiler/a.ts", `import "https://example.com/a.ts";`, 1],
    ["targets/a.ts", `import "../cli/main.ts";`, 1],
    ["targets/a.ts", `import "../runtime/main.ts";`, 1],
    ["cli/a.ts", `import "commander";`, 0],
    ["cli/a.ts", `import "../tests/a.ts";`, 1],
  ];
  for (const [path, source, count] of cases) {
    assert.equal(layeringProblems([sourceModule(path, source, npm)]).length, count, `${path}: ${source}`);
  }
  const effects: [string, string, number][] = [
    ["runtime/engine/a.ts", "Deno.now();", 1],
    ["runtime/engine/a.ts", "  // Deno.now();\n/** Date.now() */", 0],
    ["runtime/reduce/a.ts", "x = Date.now();", 1],
    ["runtime/host/a.ts", "x = Date.now();", 0],
    ["runtime/host/a.ts", "x = Math.random();", 1],
    ["compiler/a.ts", "fetch(a)", 1],
    ["compiler/a.ts", "prefetch(a)", 0],
  ];
  for (const [path, source, count] of effects) {
    assert.equal(effectProblems([sourceModule(path, source, npm)]).length, count, `${path}: ${source}`);
  }
  const circle = [["a.ts", "./b.ts"], ["b.ts", "./c.ts"], ["c.ts", "./b.ts"]]
    .map(([path, imported]) => sourceModule(path, `import "${imported}";`, npm));
  assert.deepEqual(circles(circle), ["b.ts → c.ts → b.ts"]);
  assert.deepEqual(circles(circle.slice(0, 2)), []);
});
