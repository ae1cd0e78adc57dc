import type { Tick } from "../plan.ts";
import { type Field, readFields } from "../protocol/http1_fields.ts";
import { type Found, readJson } from "../protocol/json_value.ts";

const NO_BYTES = new Uint8Array(0);
const EXCERPT_CHARACTERS = 120;
const decoder = new TextDecoder();

/** What checks and captures may ask of a response. Fields, text and JSON are read when they are asked for, once. */
export class ResponseView {
  status = 0;
  serviceTicks: Tick = 0;
  body: Uint8Array = NO_BYTES;
  #head: Uint8Array = NO_BYTES;
  #fields: readonly Field[] | null = null;
  #text: string | null = null;
  #json: { value: Found } | null = null;

  /** Looks at another response. The bytes are looked at until the next call. */
  show(status: number, serviceTicks: Tick, head: Uint8Array | null, body: Uint8Array | null): void {
    this.status = status;
    this.serviceTicks = serviceTicks;
    this.#head = head ?? NO_BYTES;
    this.body = body ?? NO_BYTES;
    this.#fields = null;
    this.#text = null;
    this.#json = null;
  }

  /** The values of all fields of a name, which is in lower case. */
  fields(name: string): string[] {
    this.#fields ??= readFields(this.#head);
    return this.#fields.filter(([of]) => of === name).map(([, value]) => value);
  }

  /** The body as UTF-8; what is not valid becomes U+FFFD. */
  get text(): string {
    return this.#text ??= decoder.decode(this.body);
  }

  get json(): Found {
    this.#json ??= { value: readJson(this.text) };
    return this.#json.value;
  }

  /** The body's first characters on one line, for a report. */
  get excerpt(): string {
    // Four bytes a character at most; cutting one in half shows as U+FFFD and is cut off by the slice.
    return excerptOf(decoder.decode(this.body.subarray(0, 4 * EXCERPT_CHARACTERS)));
  }
}

/** A text's first characters on one line. */
export function excerptOf(text: string): string {
  const line = text.slice(0, 4 * EXCERPT_CHARACTERS).replace(/[\s\p{Cc}]+/gu, " ").trim();
  return line.length > EXCERPT_CHARACTERS ? `${line.slice(0, EXCERPT_CHARACTERS)}…` : line;
}
