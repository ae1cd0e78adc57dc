import { GRPC_STATUSES } from "../grpc_statuses.ts";
import { GRPC_STATUS } from "../ledger/record.ts";

/** What gRPC calls a response's status: `NOT_FOUND` of 605; null of one of HTTP, and of a code that gRPC has no name for. */
export function grpcStatusName(status: number): string | null {
  return status < GRPC_STATUS ? null : GRPC_STATUSES.at(status - GRPC_STATUS) ?? null;
}

/** `200`, `300–304`, `OK`. */
export function statusRangeText([from, to]: readonly [number, number]): string {
  const [first, last] = [from, to].map((status) => grpcStatusName(status) ?? String(status));
  return from === to ? first : `${first}–${last}`;
}
