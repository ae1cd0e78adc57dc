/** Draft → the text of a scenario, laid out as a person would. */
import type { Draft, DraftFlow, DraftRequest, DraftStep, Table, Value } from "./draft.ts";
import { isTable } from "./draft.ts";
import { keyText, keyValue, LINE_WIDTH, textOnOneLine } from "./toml_text.ts";

/** Where editors find the schema: beside a checkout's own docs, to be changed by whoever keeps it elsewhere. */
export const SCHEMA_LINE = "#:schema ./docs/scenario.schema.json";

/** How texts are written, and how comments show them. */
type Written = Readonly<{ text: (text: string) => string; comment: (text: string) => string }>;

/** The whole file. Names of steps are there already and unique (`finishDraft`). */
export function writeScenario(draft: Draft): string {
  const { variables } = draft;
  const written: Written = {
    text: (text) => variables.written(text),
    comment: (text) => variables.shown(text),
  };
  const head = [
    SCHEMA_LINE,
    ...commentLines(draft.comments, written),
    keyValue("name", draft.name, (text) => text),
    ...(draft.description === "" ? [] : [`description = ${textOnOneLine(written.text(draft.description))}`]),
    ...(draft.seed === null ? [] : [`seed = ${draft.seed}`]),
  ];
  const { target, load, data, flows, thresholds } = draft;
  const targetKeys: Table = new Map<string, Value>([
    ["base", target.base],
    ...(target.headers.size > 0 ? [["headers", target.headers] as const] : []),
    ...target.more,
  ]);
  return [
    head.join("\n"),
    section("[target]", ["target"], targetKeys, target.comments, written),
    section("[load]", ["load"], load?.keys ?? new Map(), load?.comments ?? [], written),
    ...data.map(({ name, rows, comments }) =>
      section(
        "[[data]]",
        ["data"],
        new Map<string, Value>([["name", name], ["rows", rows]]),
        comments,
        written,
      )
    ),
    ...flows.flatMap((flow) => flowSections(flow, written)),
    ...thresholds.map((threshold) => section("[[threshold]]", ["threshold"], threshold, [], written)),
  ].join("\n\n") + "\n";
}

function flowSections(flow: DraftFlow, written: Written): string[] {
  const keys = new Map<string, Value>([["name", flow.name]]);
  if (flow.weight !== 1) keys.set("weight", flow.weight);
  return [
    section("[[flow]]", ["flow"], keys, [], written),
    ...flow.steps.map((step) =>
      section("[[flow.step]]", ["flow", "step"], stepKeys(step), step.comments, written)
    ),
  ];
}

function stepKeys(step: DraftStep): Table {
  if (step.kind === "think") return new Map([["think", step.time]]);
  const method = step.body.kind === "graphql" ? "graphql" : step.method;
  return new Map<string, Value>([
    ...(step.name === null ? [] : [["name", step.name] as const]),
    [method, step.url],
    ...(step.query.size > 0 ? [["query", step.query] as const] : []),
    ...(step.headers.size > 0 ? [["headers", step.headers] as const] : []),
    ...bodyKeys(step),
    ...step.more,
  ]);
}

function bodyKeys({ body }: DraftRequest): Table {
  return body.kind === "none" ? new Map() : body.keys;
}

/** Header, keys, and behind them tables of their own for those too long for a line. */
function section(
  header: string,
  path: readonly string[],
  keys: Table,
  comments: readonly string[],
  written: Written,
): string {
  const lines = [...commentLines(comments, written), header];
  const later: string[] = [];
  for (const [key, value] of keys) {
    const line = keyValue(key, value, written.text);
    if (isTable(value) && value.size > 0 && line.length > LINE_WIDTH) {
      const inner = [...path, key];
      later.push(section(`[${inner.map(keyText).join(".")}]`, inner, value, [], written));
    } else {
      lines.push(line);
    }
  }
  return [lines.join("\n"), ...later].join("\n\n");
}

/** Comments, broken at words. */
function commentLines(comments: readonly string[], written: Written): string[] {
  return comments.flatMap((comment) => {
    const lines: string[] = [];
    let line = "#";
    for (
      const word of written.comment(comment).toWellFormed().replace(/[\p{Cc}\s]+/gu, " ").trim()
        .split(" ")
    ) {
      if (line !== "#" && line.length + 1 + word.length > LINE_WIDTH) {
        lines.push(line);
        line = "#";
      }
      line += ` ${word}`;
    }
    return [...lines, line];
  });
}
