import { deepEqual, equal, match } from "node:assert/strict";
import { CATALOGUE } from "../compiler/catalogue.ts";
import { problem, warning } from "../compiler/diagnostic.ts";
import { sarifOf } from "./sarif.ts";

/** What a value must be: a kind, one of some texts, a list, or a table in which a key with `?` may be absent. */
type Shape = "text" | "from 1" | "from 0" | readonly string[] | { list: Shape } | { [key: string]: Shape };

const MESSAGE: Shape = { text: "text", "markdown?": "text" };

/** The parts of sarif-schema-2.1.0.json that z6c writes; no object there allows other keys than the schema names. */
const LOG: Shape = {
  $schema: "text",
  version: ["2.1.0"],
  runs: {
    list: {
      tool: {
        driver: {
          name: "text",
          version: "text",
          semanticVersion: "text",
          rules: {
            list: {
              id: "text",
              shortDescription: MESSAGE,
              fullDescription: MESSAGE,
              help: MESSAGE,
              defaultConfiguration: { level: ["none", "note", "warning", "error"] },
              properties: {
                "problem.severity": ["error", "warning", "recommendation"],
                tags: { list: "text" },
              },
            },
          },
        },
      },
      columnKind: ["utf16CodeUnits", "unicodeCodePoints"],
      originalUriBaseIds: { "%SRCROOT%": { description: MESSAGE } },
      results: {
        list: {
          ruleId: "text",
          ruleIndex: "from 0",
          level: ["none", "note", "warning", "error"],
          message: MESSAGE,
          locations: {
            list: {
              physicalLocation: {
                artifactLocation: { uri: "text", "uriBaseId?": "text" },
                region: {
                  startLine: "from 1",
                  startColumn: "from 1",
                  endLine: "from 1",
                  endColumn: "from 1",
                },
              },
            },
          },
        },
      },
    },
  },
};

function misfits(value: unknown, shape: Shape, path = "log"): string[] {
  const wrong = (wanted: string) => [`${path}: ${JSON.stringify(value)} is not ${wanted}`];
  if (shape === "text") return typeof value === "string" && value !== "" ? [] : wrong("a text");
  if (shape === "from 0" || shape === "from 1") {
    return Number.isInteger(value) && Number(value) >= Number(shape.slice(-1)) ? [] : wrong(shape);
  }
  if (isWords(shape)) return shape.includes(String(value)) ? [] : wrong(shape.join(" or "));
  if ("list" in shape) {
    return Array.isArray(value)
      ? value.flatMap((item, n) => misfits(item, shape.list, `${path}[${n}]`))
      : wrong("a list");
  }
  if (typeof value !== "object" || value === null) return wrong("a table");
  const wanted = Object.keys(shape);
  const extra = Object.keys(value).filter((key) => !wanted.includes(key) && !wanted.includes(`${key}?`));
  return [
    ...extra.map((key) => `${path}: ${key} is not in the schema`),
    ...wanted.flatMap((key) => {
      const name = key.replace(/\?$/, "");
      const inner = Object.getOwnPropertyDescriptor(value, name)?.value;
      if (inner === undefined) return key.endsWith("?") ? [] : [`${path}: ${name} is missing`];
      return misfits(inner, shape[key], `${path}.${name}`);
    }),
  ];
}

function isWords(shape: Shape): shape is readonly string[] {
  return Array.isArray(shape);
}

const PLACE = { line: 9, column: 8, endLine: 9, endColumn: 16 };

Deno.test("diagnostics become a log that the SARIF schema accepts", () => {
  const log = sarifOf([
    problem("Z1204", "a b/é#.toml", PLACE, "odd rate"),
    warning("Z1901", "/tmp/other.toml", { line: 1, column: 1, endLine: 1, endColumn: 1 }, "odd loop"),
  ], "1.2.3");
  deepEqual(misfits(JSON.parse(JSON.stringify(log)), LOG), []);
});

Deno.test("every code is a rule, and a result names its rule by id and position", () => {
  const log = JSON.parse(JSON.stringify(sarifOf(
    CATALOGUE.map(({ code }) => problem(code, "a.toml", PLACE, "odd")),
    "1.2.3",
  )));
  const [{ tool: { driver: { rules } }, results }] = log.runs;
  equal(rules.length, CATALOGUE.length);
  for (const { ruleId, ruleIndex } of results) equal(rules[ruleIndex].id, ruleId);
  match(rules[0].help.markdown, /Wrong:\n\n```toml\n[^]*\n```\n\nRight:\n\n```toml\n/);
});

Deno.test("paths become URIs: relative to the root of the repository, or whole", () => {
  const uriOf = (file: string) => {
    const log = JSON.parse(JSON.stringify(sarifOf([problem("Z1204", file, PLACE, "odd")], "1.2.3")));
    return log.runs[0].results[0].locations[0].physicalLocation.artifactLocation;
  };
  const cases: [string, { uri: string; uriBaseId: string }][] = [
    ["checkout.toml", { uri: "checkout.toml", uriBaseId: "%SRCROOT%" }],
    ["./a//b/../é #1.toml", { uri: "a/%C3%A9%20%231.toml", uriBaseId: "%SRCROOT%" }],
    ["../a.toml", { uri: "../a.toml", uriBaseId: "%SRCROOT%" }],
  ];
  for (const [file, wanted] of cases) deepEqual(uriOf(file), wanted);
  if (Deno.build.os !== "windows") deepEqual(uriOf("/tmp/a b.toml"), { uri: "file:///tmp/a%20b.toml" });
});

Deno.test("the shape above can be missed", () => {
  const log = JSON.parse(JSON.stringify(sarifOf([problem("Z1204", "a.toml", PLACE, "odd")], "1.2.3")));
  log.runs[0].results[0].locations[0].physicalLocation.region.startLine = 0;
  log.runs[0].results[0].level = "fatal";
  log.runs[0].extra = true;
  delete log.version;
  equal(misfits(log, LOG).length, 4);
});
