/** What stands out in a run, in words, below the verdict. */
import type { Summary } from "../../reduce/summary.ts";
import { diagnosisSentences } from "../diagnosis_words.ts";
import { type Markup, markup, NOTHING, section } from "./markup.ts";

/** Nothing where nothing stands out. */
export function diagnosisSection(summary: Summary): Markup {
  const sentences = diagnosisSentences(summary);
  if (sentences.length === 0) return NOTHING;
  return section(
    "diagnosis",
    "What stands out",
    markup`<ul class="reasons">${sentences.map((sentence) => markup`<li>${sentence}.</li>`)}</ul>
<p class="definition">What came at the same time, not why; by the time at which requests were due. <a href="#charts">The charts</a> show them by their end.</p>`,
  );
}
