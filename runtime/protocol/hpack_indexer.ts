import { TABLE_BYTES_MAX } from "./hpack_decoder.ts";
import type { StandingField } from "./hpack_standing_fields.ts";
import { STATIC_FIELDS } from "./hpack_static_table.ts";
import { HpackWriter } from "./hpack_writer.ts";
import type { Http2Request } from "./http2_request.ts";

/**
 * Shortens the header blocks of one connection: standing fields are told once, and from then on by their index (RFC
 * 7541 section 2.3.2). What is in the table stays there: once it is full, nothing is added to it any more.
 */
export class HpackIndexer {
  readonly #writer = new HpackWriter();
  /** The number of each field that was added, from 0. */
  readonly #added = new Map<StandingField, number>();
  #size = 0;
  #isOff = false;

  /** The peer remembers nothing from now on. */
  turnOff(): void {
    this.#isOff = true;
  }

  /** The first `length` of `bytes` are the block of a request, to be sent before another is asked for. */
  get bytes(): Uint8Array {
    return this.#writer.bytes;
  }

  get length(): number {
    return this.#writer.length;
  }

  write(request: Http2Request): void {
    const writer = this.#writer;
    writer.clear();
    if (this.#isOff) return writer.append(request.block, 0, request.blockBytes);
    const { block, lines, ends, standing } = request;
    for (let line = 0, at = 0; line < lines; line++) {
      const end = ends[line];
      const field = standing[line];
      if (field === null) writer.append(block, at, end);
      else this.#field(field, block, at, end);
      at = end;
    }
  }

  #field(field: StandingField, block: Uint8Array, at: number, end: number): void {
    const added = this.#added;
    const number = added.get(field);
    if (number !== undefined) {
      // The newest has the first index behind the static table's.
      this.#writer.indexed(STATIC_FIELDS.length + added.size - number);
    } else if (this.#size + field.size <= TABLE_BYTES_MAX) {
      added.set(field, added.size);
      this.#size += field.size;
      this.#writer.append(field.adding, 0, field.adding.length);
    } else {
      this.#writer.append(block, at, end);
    }
  }
}
