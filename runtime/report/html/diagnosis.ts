/** What stands out in a run, in words, below the verdict. */
import type { Summary } from "../../reduce/summary.ts";
import { diagnosisSentences, MEANWHILE_NOT_WHY } from "../diagnosis_words.ts";
import { type Markup, markup, NOTHING, section } from "./markup.ts";

/** Nothing where nothing stands out. */
export function diagnosisSection(summary: Summary): Markup {
  const sentences = diagnosisSentences(summary);
  if (sentences.length === 0) return NOTHING;
  return section(
    "diagnosis",
    "What stands out",
    markup`<ul class="reasons">${sentences.map((sentence) => markup`<li>${sentence}.</li>`)}</ul>
<p class="definition">${MEANWHILE_NOT_WHY} <a href="#charts">The charts</a> show them by their end.</p>`,
  );
}
