import { HpackWriter, isSensitive } from "./hpack_writer.ts";

/** A field that stays as it is from request to request: a connection may remember it. */
export type StandingField = Readonly<{
  /** It, as a header block tells it to be remembered (RFC 7541 section 6.2.1). */
  adding: Uint8Array;
  /** As RFC 7541 section 4.1 counts it. */
  size: number;
}>;

/** The standing fields of all requests; those that are the same are one. */
export class StandingFields {
  readonly #byText = new Map<string, StandingField>();
  readonly #writer = new HpackWriter();

  /** The one of this name, in lower case, with value bytes[start, end); null where nobody is to remember it. */
  of(name: string, bytes: Uint8Array, start: number, end: number): StandingField | null {
    if (isSensitive(name)) return null;
    const text = `${name}: ${bytes.subarray(start, end).join()}`;
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    const writer = this.#writer;
    writer.clear();
    writer.adding(name, bytes, start, end);
    const field = { adding: writer.bytes.slice(0, writer.length), size: name.length + end - start + 32 };
    this.#byText.set(text, field);
    return field;
  }
}
