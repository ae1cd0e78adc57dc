/** Why a number is what it is, as lines. */
import type { Plan } from "../../runtime/plan.ts";
import { count, counted, duration, percent, span } from "../../runtime/report/format.ts";
import { type Column, cut, table, wrapped } from "../../runtime/report/table.ts";
import { Listing } from "./listing.ts";
import { sessionWord, stepWord } from "./plan_words.ts";
import type { Why } from "./why.ts";

const TRAIT_COLUMNS: readonly Column[] = [
  { title: "", align: "left", optional: 0 },
  { title: "", align: "left", optional: 0 },
  { title: "of these", align: "right", optional: 0 },
  { title: "of all", align: "right", optional: 0 },
];

const PART_COLUMNS: readonly Column[] = [
  { title: "on average", align: "left", optional: 0 },
  { title: "of these", align: "right", optional: 0 },
  { title: "of all", align: "right", optional: 0 },
];

/** Lines no wider than `width`. `path`: of the ledger, for the command to go on with. */
export function whyText(plan: Plan, why: Why, path: string, width: number): string[] {
  const { asked, valueTicks, samples, rank, slow, parts, around } = why;
  const of = asked.step < 0 ? "" : ` of step ${stepWord(plan, asked.step)}`;
  const listing = new Listing(plan, "requests", width);
  const [slowest] = around.toReversed();
  return [
    ...wrapped(
      `${asked.metric} ${asked.statistic}${of} is ${duration(valueTicks, 6)}: number ${count(rank)} of ` +
        `${counted(samples, "sample")} in ascending order`,
      width,
    ),
    "",
    `${counted(slow, "request")} took as long, or longer`,
    ...traitLines(why, width),
    "",
    ...table(
      PART_COLUMNS,
      parts.map((
        { name, slowTicks, allTicks },
      ) => [name, duration(Math.round(slowTicks)), duration(Math.round(allTicks))]),
      width,
    ),
    "",
    "at and around it",
    listing.head,
    ...around.map((entry) => listing.line(entry)),
    "",
    `follow one: z6c inspect ${path} --session ${sessionWord(slowest.session)}`,
  ].map((line) => cut(line, width));
}

function traitLines({ traits, densest, slow, samples }: Why, width: number): string[] {
  const share = (part: number, of: number) => percent(part / of * 1_000_000);
  const rows = traits.map((it) => [it.what, it.value, share(it.slow, slow), share(it.all, samples)]);
  if (densest !== null) {
    const stretch = `${span(densest.fromTick)} to ${span(densest.toTick)}`;
    rows.push(["ended", stretch, share(densest.slow, slow), share(densest.all, samples)]);
  }
  if (rows.length === 0) return ["nothing sets them apart from all others"];
  return table(TRAIT_COLUMNS, rows, width);
}
