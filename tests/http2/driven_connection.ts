import { Http2Connection } from "../../runtime/protocol/http2_connection.ts";
import { StandingFields } from "../../runtime/protocol/hpack_standing_fields.ts";
import { Http2RequestReader } from "../../runtime/protocol/http2_request.ts";
import type { Http2Response, Http2Wish } from "../../runtime/protocol/http2_stream.ts";
import { octetsOf } from "../../runtime/protocol/octets.ts";
import { type ClientFrame, clientFrames, frameText } from "./client_frames.ts";

const KEEP_ALL: Http2Wish = { head: false, keepBody: true, keepHead: true, stream: null };
const GET = "GET / HTTP/1.1\r\nhost: a.test\r\n\r\n";

/** A connection, what it told, and what it wrote: frames but for its greeting. */
export class DrivenConnection {
  readonly told: string[] = [];
  /** Called with each text behind its telling. */
  then: (text: string) => void = () => {};
  readonly connection: Http2Connection;
  readonly #streamed = new Map<number, string>();
  #hasGreeted = false;
  readonly #standing = new StandingFields();

  constructor(firstStream = 1) {
    this.connection = new Http2Connection({
      responseBegan: (slot) => this.#tell(`${slot} began`),
      bodyReceived: (slot, _response, bytes, start, end) => {
        const content = String.fromCharCode(...bytes.subarray(start, end));
        this.#streamed.set(slot, (this.#streamed.get(slot) ?? "") + content);
      },
      responseEnded: (slot, response) => this.#tell(`${slot} ended ${this.#text(slot, response)}`),
      streamFailed: (slot, response, failure, cause) => {
        // How much of the content came before a failure may depend on the pieces in which it came.
        const { status, headBytes } = response;
        this.#tell(`${slot} failed ${failure} (${cause}) ${JSON.stringify({ status, headBytes })}`);
      },
      requestUnsent: (slot) => this.#tell(`${slot} unsent`),
      closing: () => this.#tell("closing"),
      connectionFailed: (failure, cause) => this.#tell(`connection failed ${failure} (${cause})`),
    }, firstStream);
    this.connection.begin();
  }

  request(slot: number, text: string = GET, wish: Partial<Http2Wish> = {}): void {
    const bytes = octetsOf(text);
    const request = new Http2RequestReader("http", this.#standing).readFixed(bytes);
    this.connection.request(slot, request, { ...KEEP_ALL, ...wish });
  }

  /** Feeds bytes in pieces that end at `splits` and at the end. */
  feed(wire: ArrayLike<number>, splits: readonly number[] = []): void {
    const bytes = Uint8Array.from(wire);
    let at = 0;
    for (const end of [...splits, bytes.length]) {
      // A piece of its own, so that nothing can look behind or before it.
      const piece = bytes.slice(at, end);
      this.connection.feed(piece, 0, piece.length);
      piece.fill(0xee);
      at = end;
    }
  }

  /** What was told since the last call. */
  take(): string[] {
    return this.told.splice(0);
  }

  /** Frames written since the last call. */
  frames(): ClientFrame[] {
    const bytes = this.connection.output.exchange(new Uint8Array(64)).slice();
    const frames = clientFrames(bytes, !this.#hasGreeted);
    this.#hasGreeted = true;
    return frames;
  }

  /** The same as text. */
  written(): string[] {
    return this.frames().map(frameText);
  }

  #tell(text: string): void {
    this.told.push(text);
    this.then(text);
  }

  #text(slot: number, response: Http2Response): string {
    const latin1 = (bytes: Uint8Array) =>
      bytes.reduce((text, octet) => text + String.fromCharCode(octet), "");
    const { status, headBytes, bodyBytes, contentBytes } = response;
    const streamed = this.#streamed.get(slot);
    this.#streamed.delete(slot);
    return JSON.stringify({
      status,
      headBytes,
      bodyBytes,
      contentBytes,
      head: latin1(response.head()),
      body: latin1(response.body()),
      trailer: latin1(response.trailer()),
      ...(streamed === undefined ? {} : { streamed }),
    });
  }
}
