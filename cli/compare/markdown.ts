/** A comparison for a pull request: what matters first, all figures folded away. */
import { printable } from "../../runtime/report/format.ts";
import type { ComparedRun, Comparison } from "./comparison.ts";
import { PAIRED_COLUMNS, PAIRED_TITLE, pairedRows, pairedText } from "./paired_rows.ts";
import {
  countText,
  LEGEND,
  mark,
  methodText,
  pairingText,
  type Row,
  runFacts,
  sectionsOf,
  sentencesOf,
} from "./rows.ts";

/** GitHub's Markdown. Ends with a newline. */
export function comparisonMarkdown(comparison: Comparison): string {
  const { warnings, baseline, candidate, gates, confidence, onlyIn } = comparison;
  const [all, ...parts] = sectionsOf(comparison, false);
  const sentences = sentencesOf(comparison).map(({ isWorse, part, words }) =>
    `- ${isWorse ? "❌" : "✅"} **${escaped(part)}**: ${words}`
  );
  const judged = gates.map(({ text, outcome, found, fails }) =>
    `- ${fails ? "❌" : outcome === "does not hold" ? "✅" : "❔"} \`${text.replaceAll("`", "'")}\` ` +
    (outcome === "nothing" ? found : `${outcome}: ${found}`)
  );
  const only = [["A", onlyIn.baseline], ["B", onlyIn.candidate]] as const;
  const blocks = [
    [`### ${escaped(baseline.name)}: A against B`],
    warnings.map((warning) => `> ⚠️ ${escaped(warning)}`),
    ["| | verdict | run |", "| --- | --- | --- |", runRow("A", baseline), runRow("B", candidate)],
    judged,
    sentences.length === 0 ? ["No difference is real."] : sentences,
    [countText(comparison)],
    all === undefined ? [] : figureTable(all.rows, confidence, false),
    ...parts.map(({ title, rows }) => [
      `<details><summary>${title}</summary>`,
      "",
      ...figureTable(rows, confidence, true),
      "",
      "</details>",
    ]),
    pairedBlock(comparison),
    only.flatMap(([letter, names]) =>
      names.length === 0 ? [] : [`Only in ${letter}: ${names.map(escaped).join(", ")}.`]
    ),
    [`<sub>${LEGEND} ${pairingText(comparison)} ${methodText(comparison)}</sub>`],
  ];
  return blocks.filter((lines) => lines.length > 0).map((lines) => lines.join("\n")).join("\n\n") + "\n";
}

function runRow(letter: string, run: ComparedRun): string {
  const { verdict, reasons } = run.verdict;
  const why = verdict === "passed" ? "" : `: ${reasons.map(escaped).join("; ")}`;
  return `| ${letter} | **${verdict}**${why} | ${runFacts(run).map(escaped).join(" · ")} |`;
}

function figureTable(rows: readonly Row[], confidence: number, named: boolean): string[] {
  const titles = [...(named ? [""] : []), "", "A", "B", "change", "", `${confidence}% interval`];
  const rules = [...(named ? ["---"] : []), "---", "--:", "--:", "--:", "---", "---"];
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(titles),
    line(rules),
    ...rows.map(({ part, figure, a, b, change, finding, interval }) =>
      line([...(named ? [escaped(part)] : []), figure, a, b, change, mark(finding), interval])
    ),
  ];
}

function pairedBlock(comparison: Comparison): string[] {
  const rows = pairedRows(comparison);
  if (rows.length === 0) return [];
  const { pairs, difference, longer } = PAIRED_COLUMNS;
  return [
    `<details><summary>${PAIRED_TITLE}</summary>`,
    "",
    `| | ${pairs} | ${difference} | | ${comparison.confidence}% interval | ${longer} |`,
    "| --- | --: | --: | --- | --- | --: |",
    ...rows.map((row) =>
      `| ${escaped(row.step)} | ${row.pairs} | ${row.difference} | ${
        mark(row.finding)
      } | ${row.interval} | ${row.longer} |`
    ),
    "",
    pairedText(comparison),
    "",
    "</details>",
  ];
}

/** Names and texts of others are no Markdown. */
function escaped(text: string): string {
  return printable(text).replace(/[\\`*_{}[\]<>()#+!|~&@]/g, "\\$&");
}
