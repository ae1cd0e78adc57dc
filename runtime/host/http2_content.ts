import type { Completions } from "../engine/host.ts";
import { ERROR } from "../ledger/errors.ts";
import type { Tick } from "../plan.ts";
import type { Http2Response } from "../protocol/http2_stream.ts";
import { EventMessages, eventStreamFault } from "./event_messages.ts";

/** Reads a response that is made of messages: one of this kind serves the requests of a slot, one after another. */
export interface Http2Content {
  /** The error of `ERRORS` for which the response is of no use, and what there was in words; 0 and empty where it is. */
  readonly error: number;
  readonly cause: string;
  /** What the response comes to, once it is over. */
  readonly status: number;
  begin(): void;
  /** Tells the messages in a piece of the content; true where the request is over: one was awaited, or there is an error. */
  read(slot: number, response: Http2Response, content: Uint8Array, now: Tick): boolean;
  /** The response has come to its own end. */
  finish(response: Http2Response): void;
  /** The last message, good until the next is read; null where there was none. */
  last(): Uint8Array | null;
  /** The response's head in the manner of HTTP/1.1, once it is over. */
  head(response: Http2Response): Uint8Array;
}

/** Server-sent events. */
export class EventContent implements Http2Content {
  error = 0;
  cause = "";
  status = 0;
  readonly #events: EventMessages;
  #isStream = false;

  constructor(completions: Completions) {
    this.#events = new EventMessages(completions);
  }

  begin(): void {
    this.error = 0;
    this.cause = "";
    this.#isStream = false;
    this.#events.begin();
  }

  read(slot: number, response: Http2Response, content: Uint8Array, now: Tick): boolean {
    this.status = response.status;
    // Whatever is no success is an answer by itself; its body is nothing that somebody waits for.
    if (!isSuccess(response)) return false;
    if (!this.#isStream && !this.#hasStream(response)) return true;
    if (!this.#events.read(slot, content, now)) return false;
    this.error = this.#events.error;
    return true;
  }

  finish(response: Http2Response): void {
    this.status = response.status;
    if (isSuccess(response) && !this.#isStream) this.#hasStream(response);
  }

  last(): Uint8Array | null {
    return this.#events.last();
  }

  head(response: Http2Response): Uint8Array {
    return response.head();
  }

  #hasStream(response: Http2Response): boolean {
    this.cause = eventStreamFault(response.head());
    if (this.cause !== "") this.error = ERROR["protocol.event-stream"];
    this.#isStream = this.cause === "";
    return this.#isStream;
  }
}

function isSuccess({ status }: Http2Response): boolean {
  return status >= 200 && status <= 299;
}
