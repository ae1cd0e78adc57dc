import { assert } from "../ledger/assert.ts";
import type { Request, StatusRange, Tick } from "../plan.ts";
import { isOfHead, prepareCapture, type PreparedCapture } from "./captures.ts";
import type { ResponseWish } from "./host.ts";
import { RequestWriter, type WriterParts } from "./request_writer.ts";
import { prepareChecks, type PreparedCheck } from "./response_checks.ts";

/** A request of the plan, made ready for the hot path. */
export type PreparedRequest = Readonly<{
  plan: Request;
  writer: RequestWriter;
  wish: ResponseWish;
  /** 1 where the status is as expected, by status 0 … 999. */
  statusOk: Uint8Array;
  /** Behind the status. */
  checks: readonly PreparedCheck[];
  captures: readonly PreparedCapture[];
  /** Its target sets cookies that are kept. */
  keepsCookies: boolean;
  /** There is nothing to do with a response but to judge its status. */
  isPlain: boolean;
}>;

/** Makes every request of the plan ready: literals encoded, patterns compiled, statuses looked up. */
export function prepareRequests(parts: WriterParts): PreparedRequest[] {
  const { plan } = parts;
  const stepOf = new Map<number, number>();
  for (const { program } of plan.flows) {
    for (const it of program) if (it.kind === "request") stepOf.set(it.request, it.step);
  }
  return plan.requests.map((request, id) => {
    const step = stepOf.get(id);
    assert(step !== undefined, "every request belongs to a step");
    const { expect, captures, redirects, retry } = request;
    const checks = prepareChecks(expect);
    const keepsCookies = plan.targets[request.target].cookies;
    const followsHead = redirects > 0 || keepsCookies;
    return {
      plan: request,
      writer: new RequestWriter(parts, request, plan.steps[step].salt),
      wish: {
        request: id,
        kind: request.kind,
        stream: request.stream?.kind ?? null,
        keepMessages: false,
        head: request.method === "HEAD",
        keepBody: expect.body.length > 0 || expect.json.length > 0 ||
          captures.some((it) => !isOfHead(it.from)),
        keepHead: followsHead || expect.headers.length > 0 || captures.some((it) => isOfHead(it.from)),
      },
      statusOk: statusTable(expect.status),
      checks,
      captures: captures.map((capture) => prepareCapture(capture, plan.bounds.captureBytes)),
      keepsCookies,
      isPlain: checks.length === 0 && captures.length === 0 && !followsHead && retry === null,
    };
  });
}

function statusTable(ranges: readonly StatusRange[]): Uint8Array {
  const table = new Uint8Array(1000);
  for (const [from, to] of ranges) table.fill(1, from, to + 1);
  return table;
}

/** May a request be tried again that ended with `error` (0: none) and `status` (0: none), after `tries` in vain? */
export function mayRetry({ retry }: Request, error: number, status: number, tries: number): boolean {
  return retry !== null && tries < retry.times &&
    (retry.errors.includes(error) || retry.statuses.some(([from, to]) => status >= from && status <= to));
}

/** The wait before try number `next` (from 2): twice the one before it, from the least to the most. */
export function retryWait({ retry }: Request, next: number): Tick {
  assert(retry !== null, "only a request with a retry is tried again");
  return Math.min(retry.maxTicks, retry.minTicks * 2 ** (next - 2));
}
