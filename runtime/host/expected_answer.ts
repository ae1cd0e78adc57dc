import { prepareCapture } from "../engine/captures.ts";
import { AwaitedMessage } from "../engine/awaited_messages.ts";
import { prepareChecks } from "../engine/response_checks.ts";
import { ResponseView } from "../engine/response_view.ts";
import type { Extraction, Plan, Request, SimulatedAnswer, StatusRange } from "../plan.ts";
import type { TextTest } from "../plan_checks.ts";
import { answerBytes, type SampleAnswer, streamHead } from "./simulation/answer_bytes.ts";
import { expectedBody } from "./simulation/expected_body.ts";
import { expectedMessage, MessageBytes } from "./simulation/expected_message.ts";
import { sampleText } from "./simulation/sample_text.ts";

/** Stands where any text will do. */
const ANY_TEXT = "simulated";

/** The answer for which all checks and captures of a request hold, as far as there is one; `given` overrides parts of it. */
export function expectedAnswer(request: Request, given?: SimulatedAnswer): SampleAnswer {
  const body = given?.body ?? expectedBody(request);
  const status = given?.status ?? 0;
  return {
    status: status > 0 ? status : usualStatus(request, body !== ""),
    headers: given?.headers ?? expectedHeaders(request),
    body,
  };
}

function usualStatus({ kind, expect }: Request, needsBody: boolean): number {
  return kind === "webSocket" ? 101 : expectedStatus(expect.status, needsBody);
}

/** One of the statuses that are expected: 200, 201 or 204 if it may be, 204 only without a body; else the first. */
export function expectedStatus(ranges: readonly StatusRange[], needsBody: boolean): number {
  const isExpected = (status: number) => ranges.some(([from, to]) => status >= from && status <= to);
  const usual = (needsBody ? [200, 201] : [200, 201, 204]).find(isExpected);
  if (usual !== undefined) return usual;
  // An interim status is no answer.
  const first = ranges.find(([, to]) => to >= 200);
  return first === undefined ? 200 : Math.max(first[0], 200);
}

/**
 * What of a request's checks and captures does not hold for its expected answer, as numbers of checks: there is no
 * such answer, or none that could be found. Time is not looked at. `bytesMax`: where captures are cut.
 */
export function unmetChecks(plan: Plan, request: Request): number[] {
  const { kind, expect, captures } = request;
  if (kind === "send" || kind === "ping" || kind === "close") return [];
  const { status, head, body } = expectedParts(plan, request);
  const response = new ResponseView();
  response.show(status, 0, head, body);
  const good = [
    kind === "receive" || expect.status.some(([from, to]) => status >= from && status <= to),
    ...prepareChecks(expect).map((check) => check.holds(response)),
    ...captures.map((capture) =>
      prepareCapture(capture, plan.bounds.captureBytes).extract(response)?.isWhole ?? capture.optional
    ),
  ];
  return good.flatMap((isGood, check) => isGood ? [] : [check]);
}

/** Whether a message was found that is the one which the request waits for; true where it waits for any. */
export function isAwaitable(plan: Plan, request: Request): boolean {
  const { stream } = request;
  if (stream === null || stream.until === null) return true;
  const message = new ResponseView();
  message.show(0, 0, null, expectedParts(plan, request).body);
  const texts = textsFor(request);
  return new AwaitedMessage(stream).isIt(-1, stream.until.event, message, () => texts);
}

type Parts = Readonly<{ status: number; head: Uint8Array; body: Uint8Array }>;

/** What is looked at of an expected answer: of messages, the last one. */
function expectedParts({ messageTypes }: Plan, request: Request): Parts {
  const answer = expectedAnswer(request);
  if (request.kind === "webSocket") return { ...answer, head: streamHead(answer, ""), body: NO_BYTES };
  if (request.stream === null && request.grpc === null && request.kind === "http") {
    const bytes = answerBytes(answer, request.method);
    const headEnd = endOfHead(bytes);
    return { status: answer.status, head: bytes.subarray(0, headEnd), body: bytes.subarray(headEnd) };
  }
  let text = expectedMessage(request, textsFor(request));
  if (request.grpc !== null) {
    const codec = new MessageBytes(messageTypes);
    const { responseType } = request.grpc;
    text = codec.decode(codec.encode(text, responseType), responseType);
  }
  return { ...answer, head: streamHead(answer, ""), body: new TextEncoder().encode(text) };
}

/** Something for everything that a session alone knows. */
function textsFor({ stream }: Request): string[] {
  const until = stream?.until ?? null;
  return until === null ? [] : [...until.json, ...until.body].map(() => ANY_TEXT);
}

const NO_BYTES = new Uint8Array(0);

/** The index behind the empty line. */
function endOfHead(bytes: Uint8Array): number {
  let at = bytes.indexOf(13);
  while (bytes[at + 2] !== 13) at = bytes.indexOf(13, at + 1);
  return at + 4;
}

/** A header may come several times: what is captured first, then a line for every check. */
function expectedHeaders({ expect, captures }: Request): (readonly [string, string])[] {
  const checks = expect.headers.filter(({ name }) => name !== "content-length");
  const captured = captures.flatMap(({ from }) => headerOf(from) ?? []);
  const wanted = checks
    .filter(({ test }) => test.kind !== "exists")
    .map(({ name, test }) => [name, textFor(test)] as const);
  const all = [...captured, ...wanted];
  for (const { name, test } of checks) {
    if (test.kind === "exists" && test.wanted && !all.some(([other]) => other === name)) {
      all.push([name, textFor(test)]);
    }
  }
  return all;
}

function headerOf(from: Extraction): [readonly [string, string]] | null {
  if (from.kind === "header") return [[from.name, valueFor(from.pattern)]];
  if (from.kind === "cookie") return [["set-cookie", `${from.name}=${valueFor(from.pattern)}`]];
  return null;
}

function valueFor(pattern: string | null): string {
  return pattern === null ? ANY_TEXT : sampleText(pattern) ?? ANY_TEXT;
}

function textFor(test: TextTest): string {
  switch (test.kind) {
    case "exists":
      return ANY_TEXT;
    case "contains":
    case "equals":
      return test.text;
    case "matches":
      return valueFor(test.pattern);
  }
}
