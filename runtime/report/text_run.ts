/** What was run, and where: setup and teardown, and the shards that one run was made of. */
import type { OnceSummary, Summary } from "../reduce/summary.ts";
import { count, counted, errorCode, printable, span } from "./format.ts";
import { definition, hanging, indentedTable, labelled, type Page, tick, title } from "./page.ts";
import type { Column } from "./table.ts";

/** What ran, how long, and how it went: a line for all shards in which all went well, and one for each other. */
export function onceSection({ once, shards }: Summary, page: Page): string[] {
  if (once.length === 0) return [];
  const several = shards.length > 1;
  return [
    title("Setup and teardown", page),
    ...(["setup", "teardown"] as const).flatMap((phase) => {
      const { good = [], other = [] } = Object.groupBy(
        once.filter((one) => one.phase === phase),
        ({ outcome, trouble }) => outcome === "completed" && trouble === null ? "good" : "other",
      );
      return [...goodLines(good, several, page), ...other.flatMap((one) => otherLines(one, several, page))];
    }),
    ...definition("They are in none of the other numbers.", page),
  ];
}

function goodLines(good: readonly OnceSummary[], severalShards: boolean, page: Page): string[] {
  if (good.length === 0) return [];
  const requests = good.reduce((sum, one) => sum + one.requests, 0);
  const longest = Math.max(...good.map(({ lengthTicks }) => lengthTicks));
  const items = [
    `${counted(requests, "request")} in ${good.length > 1 ? "up to " : ""}${span(longest)}`,
    ...(severalShards ? [`of ${counted(good.length, "shard")}`] : []),
    ...new Set(good.flatMap(({ steps }) => steps)),
  ];
  return ticked(good[0].phase, items, true, page);
}

function otherLines(once: OnceSummary, severalShards: boolean, page: Page): string[] {
  const { phase, shard, outcome, requests, steps, lengthTicks, trouble } = once;
  const done = `${counted(requests, "request")} in ${span(lengthTicks)}`;
  const items = {
    completed: [done, ...steps],
    failed: [trouble === null ? "failed" : `failed at step ${trouble.step}`, done],
    cut: ["did not come to its end", done],
  }[outcome];
  return [
    ...ticked(severalShards ? `${phase} ${shard}` : phase, items, outcome === "completed", page),
    ...(trouble === null ? [] : hanging("", troubleText(trouble, outcome !== "failed"), page)),
  ];
}

function ticked(label: string, items: readonly string[], good: boolean, page: Page): string[] {
  const [first, ...rest] = labelled(label, items, { ...page, width: page.width - 2 });
  return [`  ${tick(good, page)} ${first.trimStart()}`, ...rest.map((line) => `  ${line}`)];
}

function troubleText(
  { step, code, what, excerpt }: NonNullable<OnceSummary["trouble"]>,
  namesStep: boolean,
): string {
  const cause = code === null ? printable(what) : `${errorCode(code)} ${what}`;
  const found = printable(excerpt);
  return `${namesStep ? `${step}: ` : ""}${cause}${found === "" ? "" : ` “${found}”`}`;
}

const SHARD_COLUMNS: readonly Column[] = [
  { title: "shard", align: "left", optional: 0 },
  { title: "began", align: "left", optional: 2 },
  { title: "sessions", align: "right", optional: 0 },
  { title: "requests", align: "right", optional: 0 },
  { title: "ledger", align: "left", optional: 0 },
  { title: "host", align: "left", optional: 1 },
];

/** Where a report is made of several ledgers: what each of them holds, and which are missing. */
export function shardSection({ run, shards, missingShards }: Summary, page: Page): string[] {
  const [{ count: all }] = shards;
  if (shards.length + missingShards.length === 1) return [];
  const rows = shards.map(({ index, started, sessions, requests, state, host }) => ({
    index,
    cells: [
      run.simulated ? "–" : moment(started),
      count(sessions),
      count(requests),
      state,
      run.simulated ? "–" : `${host.os} ${host.kernel} ${host.arch}, ${counted(host.cores, "core")}`,
    ],
  }));
  const missing = missingShards.map((index) => ({ index, cells: ["–", "–", "–", "missing", "–"] }));
  const sorted = [...rows, ...missing].sort((one, other) => one.index - other.index);
  return [
    title("Shards", page),
    ...indentedTable(SHARD_COLUMNS, sorted.map(({ index, cells }) => [`${index} of ${all}`, ...cells]), page),
  ];
}

/** `2026-03-01 12:00:00Z` */
export function moment(rfc3339: string): string {
  return rfc3339.replace("T", " ").replace(/\.\d+/, "");
}

/** False where there is nothing to say of a load that never began, since its setup did not go through. */
export function hasLoad({ once, sessions, warmup }: Summary): boolean {
  const isSetUp = once.every(({ phase, outcome }) => phase !== "setup" || outcome === "completed");
  return isSetUp || sessions.started + sessions.dropped + warmup.sessions + warmup.dropped > 0;
}
