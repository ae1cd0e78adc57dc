/** `proto` of a scenario, and what a step with `grpc` calls and sends. */
import { keyPlaceAt, nodeAt, type Path } from "../1_parse/document.ts";
import { quote } from "../diagnostic.ts";
import { checkMessage } from "./check_message.ts";
import { type Checking, placeOf, plainAt, report } from "./checking.ts";
import { didYouMean } from "./nearest_name.ts";
import type { Protos, ReadProtos } from "./protos.ts";
import type { Body } from "./scenario.ts";

/** Null where there are none, or where something is wrong with them, which is then reported. */
export function checkProtos(
  checking: Checking,
  readProtos: ReadProtos | null,
  files: readonly string[],
): Protos | null {
  if (files.length === 0 || readProtos === null) return null;
  const found = readProtos(files, checking.readFile);
  if ("types" in found) return found;
  const at = files.indexOf(found.file);
  const where = found.line > 0 ? `${found.file}:${found.line}` : found.file;
  report(checking, "Z1681", at < 0 ? ["proto"] : ["proto", at], `${where} ${found.words}`);
  return null;
}

/** A method by its name: `package.Service/Method`. */
export type GrpcCall = Readonly<{ name: string; body: Extract<Body, { kind: "grpc" }> }>;

/** A call to a target that does not speak HTTP/2 is reported. `target` is the target's name. */
export function checkGrpcProtocol(checking: Checking, step: Path, target: string): void {
  const path = target === "" ? ["target"] : ["targets", target];
  if (plainAt(checking, [...path, "protocol"]) === "h2") return;
  report(
    checking,
    "Z1686",
    [...step, "grpc"],
    `gRPC is spoken over HTTP/2; write protocol = "h2" in [${path.join(".")}]`,
  );
}

/** Null where something is wrong. `name` is what stands behind the key `grpc`. */
export function checkGrpc(
  checking: Checking,
  step: Path,
  name: string,
  protos: Protos | null,
  hasProto: boolean,
): GrpcCall | null {
  const path = [...step, "grpc"];
  if (!hasProto) {
    report(
      checking,
      "Z1682",
      path,
      'no .proto file tells of this method; name one at the top of the scenario, as in proto = ["shop.proto"]',
    );
    return null;
  }
  if (protos === null) return null;
  const plain = name.replace(/^\//, "");
  const method = protos.methods.get(plain);
  if (method === undefined) {
    const known = [...protos.methods.keys()];
    const hint = didYouMean(plain, known) ||
      (known.length === 0
        ? "; the .proto files have no service"
        : `; there is ${known.slice(0, 8).map(quote).join(", ")}`);
    report(checking, "Z1682", path, `there is no method ${quote(name)}${hint}`);
    return null;
  }
  if (method.clientStreams) {
    report(
      checking,
      "Z1682",
      path,
      `${quote(name)} takes a stream of messages, and a step sends one; call a method that takes one message`,
    );
    return null;
  }
  const { types } = protos;
  const message = checkMessage(checking, [...step, "message"], types, method.requestType);
  const streams = nodeAt(checking.document, [...step, "messages"]);
  if (streams !== undefined && !method.serverStreams) {
    report(
      checking,
      "Z1685",
      keyPlaceAt(checking.document, [...step, "messages"]),
      `${quote(name)} answers with one message, so there is no stream to read; remove messages`,
    );
  }
  return { name: plain, body: { kind: "grpc", message, method, place: placeOf(checking, path) } };
}
