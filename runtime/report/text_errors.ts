/** What went wrong: errors with cause and action, failed checks with what was found. */
import type { Summary } from "../reduce/summary.ts";
import { count, errorCode, printable, span } from "./format.ts";
import { hanging, type Page, title, wrappedItems } from "./page.ts";
import { wrapped } from "./table.ts";

/** The rest is in the JSON report and in the ledger. */
const LISTED_MAX = 10;
const STEPS_MAX = 5;

export function errorSection({ errors }: Summary, page: Page): string[] {
  if (errors.length === 0) return [];
  const lines = errors.slice(0, LISTED_MAX).flatMap((error) => {
    const words = error.steps.map(({ excerpt }) => printable(excerpt)).find((excerpt) => excerpt !== "");
    return [
      ...headed(error.count, `${errorCode(error.code)} ${error.name}`, error.firstTick, page),
      ...hanging("", error.cause, page),
      ...hanging("→ ", error.action, page),
      ...stepLines(error.steps, page),
      ...(words === undefined ? [] : hanging("", `“${words}”`, page)),
    ];
  });
  return [title("Errors", page), ...lines, ...left(errors.length, page)];
}

/** A line for each check that failed, and what was found the first time. */
export function failedCheckSection({ failedChecks }: Summary, page: Page): string[] {
  if (failedChecks.length === 0) return [];
  // The same failure at several steps is told once.
  const alike = [...Map.groupBy(failedChecks, ({ expected, excerpt }) => `${expected}\n${excerpt}`).values()];
  const lines = alike.slice(0, LISTED_MAX).flatMap((ofKind) => {
    const [{ expected, excerpt }] = ofKind;
    const times = ofKind.reduce((sum, { count }) => sum + count, 0);
    const firstTick = Math.min(...ofKind.map((failed) => failed.firstTick));
    return [
      ...headed(times, `not ${printable(expected)}`, firstTick, page),
      ...stepLines(ofKind, page),
      ...(excerpt === "" ? [] : hanging("", `“${printable(excerpt)}”`, page)),
    ];
  });
  return [title("Failed checks", page), ...lines, ...left(alike.length, page)];
}

function stepLines(steps: readonly { flow: string; step: string; count: number }[], page: Page): string[] {
  const items = steps.slice(0, STEPS_MAX).map((of) => `${of.flow}/${of.step} ${count(of.count)}`);
  const more = steps.length - items.length;
  if (more > 0) items.push(`${count(more)} more steps`);
  return wrappedItems(items, page.width - 6).flatMap((line) => hanging("", line, page));
}

/** `  1,203 × Z3501 wait.timeout, first at 12.3s` */
function headed(times: number, what: string, firstTick: number, { paint, width }: Page): string[] {
  const [first, ...rest] = wrapped(`${count(times)} × ${what}, first at ${span(firstTick)}`, width - 2);
  return [`  ${paint.bad(first)}`, ...rest.map((line) => `    ${line}`)];
}

function left(all: number, page: Page): string[] {
  return all <= LISTED_MAX
    ? []
    : [`  ${page.paint.faint(`${count(all - LISTED_MAX)} more in the JSON report`)}`];
}
