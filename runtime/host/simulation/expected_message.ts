/** The message that something waits for. */
import type { Request } from "../../plan.ts";
import type { BodyCheck, JsonCheck, JsonTest } from "../../plan_checks.ts";
import type { MessageMatch, Rendered } from "../../plan_messages.ts";
import type { MessageType } from "../../plan_messages.ts";
import { readJson } from "../../protocol/json_value.ts";
import { NOTHING } from "../../protocol/json_value.ts";
import { ProtobufCodec } from "../../protocol/protobuf.ts";
import { expectedBody } from "./expected_body.ts";
import { fittedMessage } from "./sample_message.ts";

/** Stands in every message of which nothing is asked. */
const ANY_TEXT = "simulated";

/**
 * A text for which everything holds that a request waits for, checks and captures, as far as one was found. `texts`:
 * what its `Rendered` say, those of JSON values first.
 */
export function expectedMessage({ stream, expect, captures }: Request, texts: readonly string[]): string {
  const until = stream?.until ?? ANYTHING;
  const json = until.json.map(({ pointer, test }, at) => ({
    pointer,
    test: renderedJson(test, until, at, texts),
  }));
  const body = until.body.map((check, at) =>
    isRendered(check)
      ? renderedText(check, texts[renderedBefore(until, until.json.length + at)] ?? "")
      : check
  );
  const wanted = { json: [...json, ...expect.json], body: [...body, ...expect.body] };
  const text = expectedBody({ expect: wanted, captures });
  return text === "" && wanted.body.length === 0 ? ANY_TEXT : text;
}

const ANYTHING: MessageMatch = { event: "", json: [], body: [] };

function renderedJson(
  test: JsonCheck["test"] | Rendered,
  until: MessageMatch,
  at: number,
  texts: readonly string[],
): JsonTest {
  if (!isRendered(test)) return test;
  return { kind: "equals", json: JSON.stringify(texts[renderedBefore(until, at)] ?? "") };
}

function renderedText({ kind }: Rendered, text: string): BodyCheck {
  return { kind: kind === "rendered equals" ? "equals" : "contains", text };
}

/** How many of the tests in front of number `at` are rendered, JSON values before the whole. */
function renderedBefore({ json, body }: MessageMatch, at: number): number {
  return [...json.map(({ test }) => test), ...body].slice(0, at).filter(isRendered).length;
}

/** Whether any of what it waits for is known to the session alone. */
export function hasRendered({ stream }: Request): boolean {
  return stream !== null && stream.until !== null && renderedBefore(stream.until, Infinity) > 0;
}

function isRendered(test: Readonly<{ kind: string }>): test is Rendered {
  return test.kind === "rendered contains" || test.kind === "rendered equals";
}

/** Messages of gRPC, from the JSON that is wanted of them. */
export class MessageBytes {
  readonly #types: readonly MessageType[];
  readonly #codec: ProtobufCodec;

  constructor(types: readonly MessageType[]) {
    this.#types = types;
    this.#codec = new ProtobufCodec(types);
  }

  /** What of the JSON does not fit becomes something that does; a text that is none is an empty message. */
  encode(json: string, type: number): Uint8Array {
    const value = readJson(json);
    const encoded = this.#codec.encodeValue(
      fittedMessage(value === NOTHING ? {} : value, this.#types, type),
      type,
    );
    if (encoded.kind === "fault") {
      throw new Error(`z6c has a bug: a simulated message is none: ${encoded.words}`);
    }
    return encoded.bytes.slice();
  }

  /** The JSON of a message, as a text. */
  decode(bytes: Uint8Array, type: number): string {
    const decoded = this.#codec.decode(bytes, type);
    return decoded.kind === "json" ? JSON.stringify(decoded.json) : "";
  }
}
