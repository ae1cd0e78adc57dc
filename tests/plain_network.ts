/** What tests of networks leave at its plainest. */
import type { Completions, ResponseWish } from "../runtime/engine/host.ts";

/** Of a request of HTTP whose response is a body. */
export const PLAIN_WISH: ResponseWish = {
  request: 0,
  kind: "http",
  stream: null,
  keepMessages: false,
  head: false,
  keepBody: false,
  keepHead: false,
};

/** Nobody looks at messages, nor at TLS. */
export const NO_MESSAGES: Pick<
  Completions,
  "connectionSecured" | "messageReceived" | "isAwaited" | "awaitedTexts" | "frameAnswered"
> = {
  connectionSecured: () => {},
  messageReceived: () => {},
  isAwaited: () => false,
  awaitedTexts: () => [],
  frameAnswered: () => {},
};
