/** Sends what an OTLP export wrote to a receiver, by OTLP over HTTP: a line at a time. */
import { setTimeout } from "node:timers/promises";
import { causeText } from "../../runtime/host/causes.ts";
import { EXIT } from "../../runtime/reduce/exit_codes.ts";
import { UserError } from "../../runtime/user_error.ts";

export type Receiver = Readonly<{
  /** Without `/v1/metrics` and `/v1/traces`, which are put behind it. */
  url: string;
  headers: readonly (readonly [name: string, value: string])[];
}>;

/** Those that the protocol says to try again. */
const PASSING = [429, 502, 503, 504];
const TRIES = 4;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/** Sends the lines of the file at `path`, and returns how many they were. Throws `UserError` where one is not taken. */
export async function sendOtlp(path: string, receiver: Receiver): Promise<number> {
  const base = receiver.url.replace(/\/+$/, "");
  let sent = 0;
  for await (const line of linesOf(path)) {
    const kind = line.startsWith('{"resourceMetrics"') ? "metrics" : "traces";
    await sendLine(`${base}/v1/${kind}`, line, receiver);
    sent++;
  }
  return sent;
}

/** All of them end with a newline. */
async function* linesOf(path: string): AsyncGenerator<string> {
  using file = await Deno.open(path);
  const decoder = new TextDecoder();
  const bytes = new Uint8Array(1 << 16);
  let rest = "";
  for (let count = await file.read(bytes); count !== null; count = await file.read(bytes)) {
    rest += decoder.decode(bytes.subarray(0, count), { stream: true });
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

async function sendLine(url: string, line: string, { headers }: Receiver): Promise<void> {
  for (let tries = 1;; tries++) {
    const response = await post(url, line, headers);
    const text = await response.text();
    if (response.ok) return checkTaken(url, text);
    if (!PASSING.includes(response.status) || tries === TRIES) {
      throw new UserError(
        `cannot send to ${url}: it answered ${response.status} ${text.slice(0, 200).trim()}`.trimEnd(),
        EXIT.error,
      );
    }
    const asked = Number(response.headers.get("retry-after") ?? NaN) * 1000;
    const usual = FIRST_WAIT_MS * 2 ** (tries - 1);
    await setTimeout(Math.min(LONGEST_WAIT_MS, Number.isFinite(asked) ? asked : usual));
  }
}

async function post(url: string, body: string, headers: Receiver["headers"]): Promise<Response> {
  try {
    return await fetch(url, {
      method: "POST",
      headers: [["content-type", "application/json"], ...headers.map(([name, value]) => [name, value])],
      body,
    });
  } catch (cause) {
    throw new UserError(
      `cannot send to ${url}: ${
        causeText(cause)
      }\n     start the receiver, or mend the address behind --send`,
      EXIT.error,
    );
  }
}

/** A receiver may take a part only, and says so in an answer that is otherwise good. */
function checkTaken(url: string, text: string): void {
  const partial = partialSuccess(text);
  const rejected = Number(partial?.rejectedDataPoints ?? partial?.rejectedSpans ?? 0);
  if (rejected === 0) return;
  throw new UserError(
    `cannot send all to ${url}: it rejected ${rejected}: ${partial?.errorMessage ?? ""}`,
    EXIT.error,
  );
}

type Partial = { rejectedDataPoints?: string; rejectedSpans?: string; errorMessage?: string };

/** Not every receiver answers in JSON; what is none says nothing. */
function partialSuccess(text: string): Partial | null {
  try {
    const answer: { partialSuccess?: Partial } | null = JSON.parse(text);
    return answer?.partialSuccess ?? null;
  } catch {
    return null;
  }
}
