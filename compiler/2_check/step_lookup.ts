/** Which step a table means by `flow` and `step`. */
import type { Path } from "../1_parse/document.ts";
import { quote } from "../diagnostic.ts";
import type { WrittenFlow } from "./check_flows.ts";
import { type Checking, report } from "./checking.ts";
import { didYouMean } from "./nearest_name.ts";
import type { WrittenStep } from "./written_steps.ts";

/** What the keys `flow` and `step` of the table at `path` say; undefined where one is absent, or wrong itself. */
export type Asked = Readonly<{ path: Path; flow: string | undefined; step: string | undefined }>;

/** `flow` is a position among those looked through; −1 and null where nothing is asked, or nothing is found, which is reported. */
export type FoundPlace = Readonly<{ flow: number; step: WrittenStep | null }>;

/** Looks for a flow, and for a step of whatever kind, among `flows`. */
export function findStep(checking: Checking, asked: Asked, flows: readonly WrittenFlow[]): FoundPlace {
  const { path, flow, step } = asked;
  const nowhere = { flow: -1, step: null };
  const inFlow = flow === undefined ? -1 : flows.findIndex((one) => one.name === flow);
  if (flow !== undefined && inFlow < 0) {
    unknownName(checking, [...path, "flow"], "flow", flow, flows.flatMap(({ name }) => name ?? []));
    return nowhere;
  }
  if (step === undefined) return { flow: inFlow, step: null };
  const found: { flow: number; step: WrittenStep }[] = [];
  const end = flow === undefined ? flows.length : inFlow + 1;
  for (let position = Math.max(0, inFlow); position < end; position++) {
    const fitting = flows[position]?.byName.get(step);
    if (fitting !== undefined) found.push({ flow: position, step: fitting });
  }
  const [first, second] = found;
  if (first === undefined) {
    unknownName(
      checking,
      [...path, "step"],
      flow === undefined ? "step" : `step of flow ${quote(flow)} called`,
      step,
      (flow === undefined ? flows : flows.slice(inFlow, inFlow + 1)).flatMap(({ all }) => all)
        .map(({ name }) => name),
    );
    return { flow: inFlow, step: null };
  }
  if (second === undefined) return first;
  const holders = found.map((one) => quote(flows[one.flow]?.name ?? "?")).join(" and ");
  report(
    checking,
    "Z1702",
    [...path, "step"],
    `the flows ${holders} each have a step ${quote(step)}; say which with flow`,
  );
  return { flow: inFlow, step: null };
}

/** Reports a name that nothing has. */
export function unknownName(
  checking: Checking,
  path: Path,
  kind: string,
  name: string,
  known: readonly string[],
): void {
  const hint = didYouMean(name, known) ||
    (known.length === 0 ? "" : `; there is ${known.slice(0, 8).map(quote).join(", ")}`);
  report(checking, "Z1701", path, `there is no ${kind} ${quote(name)}${hint}`);
}
