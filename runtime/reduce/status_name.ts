import { GRPC_STATUS } from "../ledger/record.ts";

/** By code, as gRPC names them (grpc.github.io/grpc/core/md_doc_statuscodes.html). */
const GRPC_STATUSES = [
  "OK",
  "CANCELLED",
  "UNKNOWN",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "OUT_OF_RANGE",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
  "UNAUTHENTICATED",
] as const;

/** What gRPC calls a response's status: `NOT_FOUND` of 605; null of one of HTTP, and of a code that gRPC has no name for. */
export function grpcStatusName(status: number): string | null {
  return status < GRPC_STATUS ? null : GRPC_STATUSES.at(status - GRPC_STATUS) ?? null;
}

/** `200`, `300–304`, `OK`. */
export function statusRangeText([from, to]: readonly [number, number]): string {
  const [first, last] = [from, to].map((status) => grpcStatusName(status) ?? String(status));
  return from === to ? first : `${first}–${last}`;
}
