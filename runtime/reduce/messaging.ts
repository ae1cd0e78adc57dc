import type { Plan, Request } from "../plan.ts";
import { isOnWebSocket } from "./scope.ts";

/** Messages are sent at the step, or can come while it is under way. */
export function isMessaging(plan: Plan, step: number): boolean {
  return isOnWebSocket(plan.steps[step]) || isStreaming(requestOfStep(plan, step));
}

/** Messages come in answer to it, or on what it opens. */
function isStreaming(request: Request | null): boolean {
  return request !== null &&
    (request.kind === "webSocket" || request.stream !== null || request.grpc !== null);
}

/** What the step sends or waits for; null of one that does neither. */
export function requestOfStep({ flows, steps, requests }: Plan, step: number): Request | null {
  for (const it of flows[steps[step].flow].program) {
    if ((it.kind === "request" || it.kind === "webSocket") && it.step === step) return requests[it.request];
  }
  return null;
}
