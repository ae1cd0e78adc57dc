/** What stands out in a run, in words. */
import type { Summary } from "../reduce/summary.ts";
import { diagnosisSentences, MEANWHILE_NOT_WHY } from "./diagnosis_words.ts";
import { definition, type Page, title } from "./page.ts";
import { wrapped } from "./table.ts";

/** Nothing where nothing stands out. */
export function diagnosisSection(summary: Summary, page: Page): string[] {
  const sentences = diagnosisSentences(summary);
  if (sentences.length === 0) return [];
  return [
    title("What stands out", page),
    ...sentences.flatMap((sentence) =>
      wrapped(`${sentence}.`, page.width - 4).map((line, index) => (index === 0 ? "  • " : "    ") + line)
    ),
    ...definition(MEANWHILE_NOT_WHY, page),
  ];
}
