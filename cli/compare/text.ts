/** A comparison for a terminal. */
import { definition, indentedRows, labelled, type Page, title } from "../../runtime/report/page.ts";
import { type Paint, paint } from "../../runtime/report/paint.ts";
import { printable } from "../../runtime/report/format.ts";
import { type Column, wrapped } from "../../runtime/report/table.ts";
import { PAIRED_COLUMNS, PAIRED_TITLE, pairedRows, pairedText } from "./paired_rows.ts";
import type { ComparedRun, Comparison, Finding, GateResult } from "./comparison.ts";
import {
  countText,
  LEGEND,
  mark,
  methodText,
  pairingText,
  type Row,
  runFacts,
  type Section,
  sectionsOf,
  sentencesOf,
} from "./rows.ts";

const WIDTH = { least: 40, most: 120 } as const;

/** Ends with a newline. */
export function comparisonText(
  comparison: Comparison,
  { width, color }: { width: number; color: boolean },
): string {
  const page: Page = { width: Math.min(Math.max(width, WIDTH.least), WIDTH.most), paint: paint(color) };
  const sections = [
    headSection(comparison, page),
    gateSection(comparison, page),
    realSection(comparison, page),
    ...sectionsOf(comparison, true).map((section) => figureSection(section, comparison, page)),
    pairedSection(comparison, page),
    onlySection(comparison, page),
    [...definition(`${LEGEND} ${methodText(comparison)}`, page)],
  ];
  return sections.filter((lines) => lines.length > 0).map((lines) => lines.join("\n")).join("\n\n") + "\n";
}

function headSection(comparison: Comparison, page: Page): string[] {
  const { warnings, baseline, candidate } = comparison;
  const warned = warnings.flatMap((warning) =>
    wrapped(warning, page.width - 2).map((line, at) => page.paint.warn((at === 0 ? "! " : "  ") + line))
  );
  return [
    ...warned,
    ...(warned.length > 0 ? [""] : []),
    ...runLines("A", baseline, page),
    ...runLines("B", candidate, page),
    ...definition(pairingText(comparison), page),
  ];
}

function runLines(letter: string, run: ComparedRun, page: Page): string[] {
  const { verdict, reasons } = run.verdict;
  const colours = {
    passed: page.paint.good,
    failed: page.paint.bad,
    invalid: page.paint.bad,
    interrupted: page.paint.warn,
  };
  return [
    `${page.paint.strong(letter)}  ${page.paint.strong(printable(run.name))}  ${colours[verdict](verdict)}`,
    ...(verdict === "passed"
      ? []
      : reasons.flatMap((reason) =>
        wrapped(printable(reason), page.width - 5).map((line, at) => (at === 0 ? "   – " : "     ") + line)
      )),
    ...run.ledgers.map((path) => `   ${printable(path)}`),
    ...wrapped(runFacts(run).join(" · "), page.width - 3).map((line) => page.paint.faint(`   ${line}`)),
  ];
}

const OUTCOME_MARK: Readonly<Record<GateResult["outcome"], string>> = {
  holds: "✗",
  nothing: "✗",
  "not sure": "?",
  "not judged": "?",
  "does not hold": "✓",
};

function gateSection({ gates }: Comparison, page: Page): string[] {
  if (gates.length === 0) return [];
  const lines = gates.flatMap(({ text, outcome, found, fails }) => {
    const colour = fails ? page.paint.bad : outcome === "does not hold" ? page.paint.good : page.paint.warn;
    const words = outcome === "nothing" ? found : `${outcome}: ${found}`;
    return [
      `  ${colour(OUTCOME_MARK[outcome])} ${page.paint.strong(printable(text))}`,
      ...wrapped(words, page.width - 4).map((line) => `    ${line}`),
    ];
  });
  return [title("Fail on", page), ...lines];
}

function realSection(comparison: Comparison, page: Page): string[] {
  const sentences = sentencesOf(comparison);
  const lines = sentences.flatMap(({ isWorse, part, words }) =>
    wrapped(`${printable(part)}: ${words}`, page.width - 4).map((line, at) =>
      (at === 0 ? `  ${isWorse ? page.paint.bad("✗") : page.paint.good("✓")} ` : "    ") + line
    )
  );
  const none = lines.length === 0 ? ["  none"] : lines;
  return [title("Real differences", page), ...none, ...definition(countText(comparison), page)];
}

function figureSection(section: Section, { confidence }: Comparison, page: Page): string[] {
  const isAll = section.kind === "all";
  const columns: Column[] = [
    { title: "", align: "left", optional: 0, least: isAll ? Infinity : 12 },
    ...(isAll ? [] : [{ title: "", align: "left", optional: 0 } as const]),
    { title: "A", align: "right", optional: 0 },
    { title: "B", align: "right", optional: 0 },
    { title: "change", align: "right", optional: 0 },
    { title: "", align: "left", optional: 0 },
    { title: `${confidence}% interval`, align: "left", optional: 1 },
  ];
  const rows = section.rows.map((row) => cells(row, isAll));
  const [titles, ...lines] = indentedRows(columns, rows, page);
  const painted = lines.flatMap((ofRow, at) => ofRow.map(colourOf(section.rows[at].finding, page.paint)));
  return [title(section.title, page), ...titles, ...painted];
}

function pairedSection(comparison: Comparison, page: Page): string[] {
  const rows = pairedRows(comparison);
  if (rows.length === 0) return [];
  const columns: Column[] = [
    { title: "", align: "left", optional: 0, least: 12 },
    { title: PAIRED_COLUMNS.pairs, align: "right", optional: 2 },
    { title: PAIRED_COLUMNS.difference, align: "right", optional: 0 },
    { title: "", align: "left", optional: 0 },
    { title: `${comparison.confidence}% interval`, align: "left", optional: 1 },
    { title: PAIRED_COLUMNS.longer, align: "right", optional: 0 },
  ];
  const texts = rows.map((
    { step, pairs, difference, finding, interval, longer },
  ) => [printable(step), pairs, difference, mark(finding), interval, longer]);
  const [titles, ...lines] = indentedRows(columns, texts, page);
  const painted = lines.flatMap((ofRow, at) => ofRow.map(colourOf(rows[at].finding, page.paint)));
  return [title(PAIRED_TITLE, page), ...titles, ...painted, ...definition(pairedText(comparison), page)];
}

function cells({ part, figure, a, b, change, finding, interval }: Row, isAll: boolean): string[] {
  return [...(isAll ? [] : [printable(part)]), figure, a, b, change, mark(finding), interval];
}

function colourOf(finding: Finding, { good, bad }: Paint): (text: string) => string {
  return finding === "worse" ? bad : finding === "better" ? good : (text) => text;
}

function onlySection({ onlyIn }: Comparison, page: Page): string[] {
  const { baseline, candidate } = onlyIn;
  return [
    ...(baseline.length === 0 ? [] : labelled("only in A", baseline.map(printable), page)),
    ...(candidate.length === 0 ? [] : labelled("only in B", candidate.map(printable), page)),
  ];
}
