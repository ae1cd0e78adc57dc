import { GRPC_STATUSES } from "../../runtime/grpc_statuses.ts";
import { quote } from "../diagnostic.ts";
import { didYouMean } from "./nearest_name.ts";
import { read, type Reading, trouble } from "./reading.ts";

/** Names, or one name → codes, ascending, each once. */
export function readGrpcStatuses(names: string | readonly string[]): Reading<readonly number[]> {
  const list = typeof names === "string" ? [names] : names;
  if (list.length === 0) {
    return trouble("Z1684", 'names no status; write "OK", or a list such as ["OK", "NOT_FOUND"]');
  }
  const codes = new Set<number>();
  for (const name of list) {
    const code = GRPC_STATUSES.findIndex((known) => known === name);
    if (code < 0) {
      const hint = didYouMean(name, GRPC_STATUSES) || '; write a name such as "OK" or "NOT_FOUND"';
      return trouble("Z1684", `${quote(name)} is no status of gRPC${hint}`);
    }
    codes.add(code);
  }
  return read([...codes].sort((a, b) => a - b));
}
