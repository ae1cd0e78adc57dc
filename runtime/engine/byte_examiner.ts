import type { Condition, Plan } from "../plan.ts";
import { redirectTarget } from "../protocol/http1_redirect.ts";
import { targetName } from "../target_name.ts";
import type { Captured, ExaminedResponse, Examiner, Findings } from "./host.ts";
import type { PreparedRequest } from "./prepared_request.ts";
import { excerptOf, ResponseView } from "./response_view.ts";
import { Conditions, type SessionMemory } from "./session_memory.ts";

/** Reads what responses mean from their bytes. */
export class ByteExaminer implements Examiner {
  readonly #requests: readonly PreparedRequest[];
  readonly #conditions: Conditions;
  /** By target. */
  readonly #origins: readonly string[];
  readonly #response = new ResponseView();

  constructor(plan: Plan, memory: SessionMemory, requests: readonly PreparedRequest[]) {
    this.#requests = requests;
    this.#conditions = new Conditions(plan, memory);
    this.#origins = plan.targets.map(targetName);
  }

  examine({ request: id, status, serviceTicks, head, body, sent, mayRedirect }: ExaminedResponse): Findings {
    const response = this.#response;
    const request = this.#requests[id];
    response.show(status, serviceTicks, head, body);
    const cookies = request.keepsCookies ? response.fields("set-cookie") : [];
    if (mayRedirect && status >= 300 && status <= 399) {
      const [location] = response.fields("location");
      const redirect = redirectTarget(status, location, sent, this.#origins[request.plan.target]);
      if (redirect !== null) return { redirect, cookies, failed: [], captured: [], foundBy: () => "" };
    }
    const captured = request.captures.map((capture) => capture.extract(response));
    return {
      redirect: null,
      cookies,
      failed: failedChecks(request, response, captured),
      captured,
      foundBy: (check) => foundBy(request, response, check),
    };
  }

  holds(condition: Condition, vu: number, status: number): boolean {
    return this.#conditions.hold(condition, vu, status);
  }

  requestBytes(_vu: number, rendered: number): number {
    return rendered;
  }
}

/** Numbers of the checks that fail: 0 is the status, then those of `expect`, then captures. */
function failedChecks(
  { statusOk, checks, captures }: PreparedRequest,
  response: ResponseView,
  captured: readonly (Captured | null)[],
): number[] {
  const failed = statusOk[response.status] === 1 ? [] : [0];
  checks.forEach((check, n) => {
    if (!check.holds(response)) failed.push(1 + n);
  });
  captures.forEach(({ optional }, n) => {
    const good = captured[n]?.isWhole ?? optional;
    if (!good) failed.push(1 + checks.length + n);
  });
  return failed;
}

function foundBy(request: PreparedRequest, response: ResponseView, check: number): string {
  if (check === 0) return request.decode === null ? response.excerpt : wordsOfGrpc(response);
  const { checks, captures } = request;
  const at = check - 1 - checks.length;
  return at < 0 ? checks[check - 1].found(response) : captures[at].found(response);
}

/** Why a call did not end well, in the server's words. */
function wordsOfGrpc(response: ResponseView): string {
  const [words = ""] = response.fields("grpc-message");
  return excerptOf(words);
}
