/** How steps, sessions and requests of a plan are written for people. */
import { SESSION } from "../../runtime/ledger/record.ts";
import type { Plan } from "../../runtime/plan.ts";
import type { Part } from "../../runtime/plan_templates.ts";
import { requestOfStep } from "../../runtime/reduce/messaging.ts";
import { printable } from "../../runtime/report/format.ts";

/** `flow/step`; empty for −1. */
export function stepWord(plan: Plan, step: number): string {
  const found = plan.steps[step];
  return found === undefined ? step < 0 ? "" : String(step) : `${plan.flows[found.flow].name}/${found.name}`;
}

/** `17`, `setup`, `teardown`; empty for −1. */
export function sessionWord(session: number): string {
  if (session === SESSION.setup) return "setup";
  if (session === SESSION.teardown) return "teardown";
  return session < 0 ? "" : String(session);
}

/** Logical time to the tick: `12.345678s`. */
export function tickWord(tick: number): string {
  return `${Math.floor(tick / 1_000_000)}.${String(tick % 1_000_000).padStart(6, "0")}s`;
}

/** `GET /items/${…}`: what a step sends, as far as the plan says it; `message`, `ping` and so on for a WebSocket. */
export function sentWord(plan: Plan, step: number): string {
  const request = requestOfStep(plan, step);
  if (request === null) return stepWord(plan, step);
  switch (request.kind) {
    case "http":
    case "webSocket": {
      const line = request.head.map(partWord).join("").split("\r\n")[0].replace(/ HTTP\/\d\S*$/, "");
      return printable(request.kind === "webSocket" ? `${line} (WebSocket)` : line);
    }
    case "send":
      return "message";
    case "receive":
      return "waits for a message";
    case "ping":
      return "ping";
    case "close":
      return "close";
  }
}

function partWord(part: Part): string {
  if (typeof part === "string") return part;
  return "slot" in part ? `\${${part.slot}}` : "…";
}
