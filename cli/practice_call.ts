import type { PracticeSockets } from "./practice_sockets.ts";
import type { Shop } from "./practice_shop.ts";

/** One request, and what of the practice server its answer may use. */
export type Call = Readonly<{
  request: Request;
  /** Behind the first word: `64KiB` of `/bytes/64KiB`. */
  rest: string;
  query: URLSearchParams;
  /** Since the server began to listen. */
  elapsedMs: number;
  /** A u32 that depends on seed and request number, or on seed and `key` where one is given. */
  draw(key?: number): number;
  /** Resolves after that time with true, or with false once the server ends. */
  wait(ms: number): Promise<boolean>;
  /** A body of exactly so many bytes. */
  bytes(length: number): Uint8Array<ArrayBuffer>;
  shop: Shop;
  sockets: PracticeSockets;
}>;
