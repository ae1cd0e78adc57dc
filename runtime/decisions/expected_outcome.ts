import type { Condition, Plan, Request } from "../plan.ts";

/**
 * The status that a response is expected to have: the plainest success that is allowed, or the first that is; of the
 * opening of a WebSocket, 101 where that is allowed.
 */
export function expectedStatus({ kind, expect: { status } }: Request): number {
  const successes = kind === "webSocket" ? [101, 200, 201, 204] : [200, 201, 204];
  const plainest = successes.find((it) => status.some(([from, to]) => it >= from && it <= to));
  return plainest ?? status[0]?.[0] ?? 200;
}

/** What a session has seen when every response is as expected. */
export class ExpectedMemory {
  /** Position in plan.captures. */
  readonly #captured = new Set<number>();
  /** What the setup captured. */
  #handed: ReadonlySet<number> = new Set();
  #status = 0;

  /** What the session at hand has captured is handed to all that follow. */
  hand(): void {
    this.#handed = new Set(this.#captured);
  }

  forget(): void {
    this.#captured.clear();
    this.#status = 0;
  }

  respond(request: Request): void {
    const hasStatus = request.kind === "http" || request.kind === "webSocket" ||
      request.expect.status.length > 0;
    if (hasStatus) this.#status = expectedStatus(request);
    for (const { capture } of request.captures) this.#captured.add(capture);
  }

  /** `condition` is of a plan of which `undecidable` knows nothing. */
  holds(condition: Condition): boolean {
    switch (condition.kind) {
      case "captured":
        return (this.#captured.has(condition.capture) || this.#handed.has(condition.capture)) ===
          condition.exists;
      case "status":
        return condition.ranges.some(([from, to]) => this.#status >= from && this.#status <= to);
      case "equals":
      case "matches":
        throw new Error("z6c has a bug: what a captured value is cannot be expected");
    }
  }
}

/** Why nobody can tell before the run what all its sessions decide, a clause for people; null where one can. */
export function undecidable(plan: Plan): string | null {
  const { load, flows, steps, requests, captures } = plan;
  if (load.model === "closed" && load.iterations === 0) {
    return "how many sessions a closed load begins is a matter of time";
  }
  for (const { program } of flows) {
    for (const it of program) {
      if (it.kind === "when" && (it.condition.kind === "equals" || it.condition.kind === "matches")) {
        return `step "${steps[it.step].name}" depends on the value of \${${captures[it.condition.capture]}}`;
      }
      const isStaged = (it.kind === "request" || it.kind === "webSocket") && load.model === "closed" &&
        load.stages.length > 1 &&
        hasStage([...requests[it.request].head, ...requests[it.request].body]);
      if (isStaged) {
        return `step "${
          steps[it.step].name
        }" sends the stage, and when a session of a closed load begins is seen only`;
      }
    }
  }
  return null;
}

function hasStage(template: Request["head"]): boolean {
  return template.some((part) => {
    if (typeof part === "string" || "base64" in part) return false;
    return part.slot === "stage" || (part.slot === "basic" && hasStage([...part.user, ...part.password]));
  });
}
