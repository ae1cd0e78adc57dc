/** What a step's response is made of where it is messages, and what a step with `grpc` calls. */
import { keyPlaceAt, nodeAt, type Path } from "../1_parse/document.ts";
import { checkGrpc, type GrpcCall } from "./check_grpc.ts";
import { checkStream } from "./check_match.ts";
import { type Checking, plainAt, report } from "./checking.ts";
import type { Protos } from "./protos.ts";
import type { Stream } from "./scenario.ts";
import type { FoundStep, MethodKey } from "./schema_flow.ts";

/** Keys that only a step with `grpc` gives a meaning, and keys that have none there. */
const GRPC_KEYS = ["message", "messages"];
const FOREIGN_KEYS = ["query", "json", "body", "form", "multipart", "body_file", "events", "redirects"];

/** Null where the step calls no method, or something is wrong. */
export function checkCall(
  checking: Checking,
  { grpc }: FoundStep,
  step: Path,
  action: MethodKey,
  protos: Protos | null,
): GrpcCall | null {
  const isGrpc = action === "grpc";
  for (const key of isGrpc ? FOREIGN_KEYS : GRPC_KEYS) {
    if (nodeAt(checking.document, [...step, key]) === undefined) continue;
    const words = isGrpc
      ? `${key} has no meaning beside grpc, which sends its message; remove it`
      : `${key} belongs to a step with grpc; write grpc = "package.Service/Method", or remove it`;
    report(checking, "Z1684", keyPlaceAt(checking.document, [...step, key]), words);
  }
  if (!isGrpc) return null;
  const files = plainAt(checking, ["proto"]);
  return checkGrpc(checking, step, grpc ?? "", protos, Array.isArray(files) && files.length > 0);
}

/** Null where the response is a body. One answer of gRPC is a stream of one message. */
export function checkStreams(
  checking: Checking,
  { events, messages }: FoundStep,
  step: Path,
  action: MethodKey,
): Stream | null {
  if (action === "grpc") return checkStream(checking, [...step, "messages"], "grpc", messages ?? {});
  if (events === undefined) return null;
  if (action === "head") {
    const at = keyPlaceAt(checking.document, [...step, "events"]);
    report(checking, "Z1685", at, "a response to HEAD has no events; use get");
  }
  return checkStream(checking, [...step, "events"], "events", events);
}
