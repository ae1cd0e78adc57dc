/** The Summary as text for a terminal: the order of its sections. */
import type { Summary } from "../reduce/summary.ts";
import type { Page } from "./page.ts";
import { paint } from "./paint.ts";
import { diagnosisSection } from "./text_diagnosis.ts";
import { errorSection, failedCheckSection } from "./text_errors.ts";
import { latencySection, phaseSection } from "./text_latency.ts";
import { dataSection, fileSection, loadSection, statusSection } from "./text_load.ts";
import { messageSection } from "./text_messages.ts";
import { groupSection, stageSection, stepSection, tagSection } from "./text_parts.ts";
import { hasLoad, onceSection, shardSection } from "./text_run.ts";
import { thresholdSection, validitySection, verdictSection } from "./text_verdict.ts";

export type TextOptions = Readonly<{
  /** Columns of the screen; below 40 it is taken for 40. */
  width: number;
  color: boolean;
  /** Where the ledger and other reports lie: labels and paths. */
  files?: readonly (readonly [string, string])[];
}>;

const WIDTH_MIN = 40;
/** Wider lines are harder to read, not easier. */
const WIDTH_MAX = 120;

/** Ends with a newline. */
export function renderText(summary: Summary, { width, color, files = [] }: TextOptions): string {
  const page: Page = { width: Math.min(Math.max(width, WIDTH_MIN), WIDTH_MAX), paint: paint(color) };
  const sections = [
    verdictSection(summary, page),
    onceSection(summary, page),
    shardSection(summary, page),
    ...(hasLoad(summary) ? loadSections(summary, page) : []),
    fileSection(files, page),
  ];
  return sections.filter((lines) => lines.length > 0).map((lines) => lines.join("\n")).join("\n\n") + "\n";
}

function loadSections(summary: Summary, page: Page): string[][] {
  return [
    diagnosisSection(summary, page),
    thresholdSection(summary, page),
    validitySection(summary, page),
    loadSection(summary, page),
    latencySection(summary, page),
    phaseSection(summary, page),
    stepSection(summary, page),
    messageSection(summary, page),
    groupSection(summary, page),
    tagSection(summary, page),
    stageSection(summary, page),
    statusSection(summary, page),
    failedCheckSection(summary, page),
    errorSection(summary, page),
    dataSection(summary, page),
  ];
}
