/** Which message something waits for: that of a `receive`, or the last one of a stream. */
import type { MessageMatch, Rendered, Stream } from "../plan_messages.ts";
import { pointedText } from "../protocol/json_value.ts";
import { bodyCheck, jsonCheck } from "./response_checks.ts";
import { ResponseView } from "./response_view.ts";

/** `text`: what a `Rendered` says for the session at hand; empty for all other tests. */
type Test = Readonly<{ isRendered: boolean; holds(message: ResponseView, text: string): boolean }>;

/** What a stream waits for, made ready once. */
export class AwaitedMessage {
  readonly #count: number;
  /** Null: any message of a WebSocket, and no message of a response. */
  readonly #until: MessageMatch | null;
  readonly #isOfWebSocket: boolean;
  readonly #tests: readonly Test[];

  constructor({ kind, until, count }: Stream) {
    this.#count = count;
    this.#until = until;
    this.#isOfWebSocket = kind === "webSocket";
    this.#tests = until === null ? [] : testsOf(until);
  }

  /** It looks into messages; where it does not, only their number matters, or their name. */
  get asksContent(): boolean {
    return this.#tests.length > 0;
  }

  /**
   * Whether message number `nth` (from 1) is the one. `texts` is asked for the texts of what is rendered, if there is
   * any; `message` shows the payload as its body.
   */
  isIt(nth: number, event: string, message: ResponseView, texts: () => readonly string[]): boolean {
    if (nth === this.#count) return true;
    const until = this.#until;
    if (until === null) return this.#isOfWebSocket && this.#count === 0;
    if (until.event !== "" && until.event !== event) return false;
    let rendered: readonly string[] | null = null;
    let next = 0;
    return this.#tests.every((test) => {
      const text = test.isRendered ? (rendered ??= texts())[next++] : "";
      return test.holds(message, text);
    });
  }
}

function testsOf({ json, body }: MessageMatch): Test[] {
  return [
    ...json.map(({ pointer, test }): Test =>
      isRendered(test)
        ? {
          isRendered: true,
          holds: (message, text) => {
            const found = pointedText(message.text, message.json, pointer);
            return found !== null && holds(test, found, text);
          },
        }
        : { isRendered: false, holds: jsonCheck({ pointer, test }).holds }
    ),
    ...body.map((test): Test =>
      isRendered(test)
        ? { isRendered: true, holds: (message, text) => holds(test, message.text, text) }
        : { isRendered: false, holds: bodyCheck(test).holds }
    ),
  ];
}

function isRendered(test: Readonly<{ kind: string }>): test is Rendered {
  return test.kind === "rendered contains" || test.kind === "rendered equals";
}

function holds({ kind }: Rendered, found: string, text: string): boolean {
  return kind === "rendered equals" ? found === text : found.includes(text);
}
