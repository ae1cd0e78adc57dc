import { HELLO } from "./contestant.ts";

/** A closed load of one user a connection, unless `target` says otherwise. */
export type ClosedScenario = Readonly<{
  name: string;
  /** Keys at the top of the file, and lines of `[target]`; none unless told. */
  top?: string;
  target?: string;
  base: string;
  transport: string;
  vus: number;
  seconds: number;
  /** Its flows and the rest: one plain request a session unless told. */
  rest?: string;
}>;

/** Its text. */
export function closedScenario(
  { name, top = "", target = "", base, transport, vus, seconds, rest = HELLO }: ClosedScenario,
): string {
  return `name = "${name}"
${top}
[target]
base = "${base}"
transport = "${transport}"
${target}
[load]
model = "closed"
stages = [{ for = "${seconds}s", vus = ${vus} }]
${rest}`;
}
