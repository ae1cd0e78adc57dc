/** How requests end, as far as a timeline tells them apart. */
import { GRPC_STATUS } from "../ledger/record.ts";

/** `WebSocket`: what was waited for on one came. */
export const OUTCOMES = [
  "1xx",
  "2xx",
  "3xx",
  "4xx",
  "5xx",
  "gRPC OK",
  "gRPC error",
  "WebSocket",
  "timeout",
  "no response",
  "cancelled",
  "other status",
] as const;

/** Positions in `OUTCOMES`. */
export const OUTCOME = {
  grpcOk: 5,
  grpcError: 6,
  webSocket: 7,
  timeout: 8,
  noResponse: 9,
  cancelled: 10,
  other: 11,
} as const;

/** Of a response of HTTP, or of gRPC, whose statuses stand behind 600. */
export function outcomeOfStatus(status: number): number {
  if (status >= GRPC_STATUS) return status === GRPC_STATUS ? OUTCOME.grpcOk : OUTCOME.grpcError;
  const hundred = Math.floor(status / 100);
  return hundred >= 1 && hundred <= 5 ? hundred - 1 : OUTCOME.other;
}
