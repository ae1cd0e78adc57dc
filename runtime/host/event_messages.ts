import type { Completions } from "../engine/host.ts";
import { ERROR } from "../ledger/errors.ts";
import { MESSAGE } from "../ledger/record.ts";
import type { Tick } from "../plan.ts";
import { EventStreamReader } from "../protocol/event_stream.ts";
import { GrowingBytes } from "../protocol/growing_bytes.ts";
import { readFields } from "../protocol/http1_fields.ts";
import { PARSED } from "../protocol/parsed.ts";

/** Server-sent events as they come in a response, by whatever carrier: told one by one until one is awaited. */
export class EventMessages {
  /** The error of `ERRORS` for which reading has failed, or 0. */
  error = 0;
  readonly #completions: Completions;
  readonly #reader = new EventStreamReader();
  /** Data of the last event. */
  readonly #last = new GrowingBytes();
  #hasLast = false;

  constructor(completions: Completions) {
    this.#completions = completions;
  }

  begin(): void {
    this.error = 0;
    this.#hasLast = false;
    this.#last.clear();
    this.#reader.begin(true);
  }

  /** Reads a piece of the content; true where one of its events was the awaited one, or reading has failed. */
  read(slot: number, content: Uint8Array, now: Tick): boolean {
    const reader = this.#reader;
    for (let at = 0; at < content.length; at = reader.consumed) {
      const parsed = reader.feed(content, at, content.length);
      if (parsed === PARSED.failed) {
        this.error = ERROR[reader.failure ?? "too-large.message"];
        return true;
      }
      if (parsed === PARSED.done && this.#isLast(slot, reader, now)) return true;
    }
    return false;
  }

  #isLast(slot: number, reader: EventStreamReader, now: Tick): boolean {
    const data = reader.data();
    this.#hasLast = true;
    this.#last.clear();
    this.#last.append(data, 0, data.length);
    this.#completions.messageReceived(slot, now, MESSAGE.event, reader.dataBytes);
    return this.#completions.isAwaited(slot, data, reader.event);
  }

  /** Data of the last event, good until the next is read; null where there was none. */
  last(): Uint8Array | null {
    return this.#hasLast ? this.#last.bytes.subarray(0, this.#last.length) : null;
  }
}

/** What a successful response is in place of a stream of events, in words, or empty where it is one. */
export function eventStreamFault(head: Uint8Array): string {
  const type = readFields(head).find(([name]) => name === "content-type")?.[1];
  if (type === undefined) return "it has no content-type";
  return /^text\/event-stream(\s*;|$)/i.test(type) ? "" : `its content-type is ${type}`;
}
