/** `.proto` files → what methods there are, and what their messages are made of. Read by protobufjs. */
import protobuf from "protobufjs";
import type { MessageField, MessageType, ScalarType } from "../../runtime/plan_messages.ts";
import type { ReadFile } from "../2_check/files.ts";
import type { GrpcMethod, ProtoFault, Protos } from "../2_check/protos.ts";
import { ProtobufCodec } from "../../runtime/protocol/protobuf.ts";

/** Reads the files and all that they import. proto2, proto3 and editions. */
export function readProtos(files: readonly string[], readFile: ReadFile): Protos | ProtoFault {
  const root = new protobuf.Root();
  const fault = readAll(files, readFile, root);
  if (fault !== null) return fault;
  try {
    root.resolveAll();
  } catch (cause) {
    return { file: files.join(", "), line: 0, words: `does not hold together: ${messageOf(cause)}` };
  }
  const types = new MessageTypes();
  const encode = (json: string, type: number) => encoded(types.all, json, type);
  const methods = new Map(
    servicesIn(root).flatMap((service) =>
      service.methodsArray.map((method): [string, GrpcMethod] => [
        `${plainName(service)}/${method.name}`,
        grpcMethod(method, types, encode),
      ])
    ),
  );
  return { types: types.all, methods };
}

/** Files that come with protocol buffers: `google/protobuf/timestamp.proto` and its like. */
const KNOWN_FILES = /^google\/protobuf\//;

function readAll(files: readonly string[], readFile: ReadFile, root: protobuf.Root): ProtoFault | null {
  const folders = [...new Set(files.map((file) => file.split("/").slice(0, -1).join("/")))];
  const seen = new Set<string>();
  const left = files.map((file) => ({ file, candidates: [file] }));
  for (let next = left.shift(); next !== undefined; next = left.shift()) {
    const { file, candidates } = next;
    if (seen.has(file)) continue;
    seen.add(file);
    const known = KNOWN_FILES.test(file) ? protobuf.common.get(file) : null;
    if (known?.nested) {
      root.addJSON(known.nested);
      continue;
    }
    const source = textOf(candidates, readFile);
    if ("reason" in source) return { file, line: 0, words: `cannot be read: ${source.reason}` };
    try {
      const { imports, weakImports } = protobuf.parse(source.text, root, { keepCase: true });
      for (const name of [...imports ?? [], ...weakImports ?? []]) {
        left.push({
          file: name,
          candidates: folders.map((folder) => folder === "" ? name : `${folder}/${name}`),
        });
      }
    } catch (cause) {
      return { file, ...placed(messageOf(cause)) };
    }
  }
  return null;
}

/** The first that can be read. */
function textOf(candidates: readonly string[], readFile: ReadFile): { text: string } | { reason: string } {
  let reason = "there is no such file";
  for (const candidate of candidates) {
    const content = readFile(candidate);
    if (content instanceof Uint8Array) return { text: new TextDecoder().decode(content) };
    reason = content.reason;
  }
  return { reason };
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** `illegal name '=' (line 2)` */
function placed(message: string): { line: number; words: string } {
  const match = /^(.*?)\s*\((?:[^()]*, )?line (\d+)\)$/.exec(message);
  return match === null
    ? { line: 0, words: `is no sound .proto file: ${message}` }
    : { line: Number(match[2]), words: `is no sound .proto file: ${match[1]}` };
}

function servicesIn(namespace: protobuf.NamespaceBase): protobuf.Service[] {
  return namespace.nestedArray.flatMap((one) => {
    if (one instanceof protobuf.Service) return [one];
    return one instanceof protobuf.Namespace ? servicesIn(one) : [];
  });
}

/** Without the dot in front. */
function plainName({ fullName }: protobuf.ReflectionObject): string {
  return fullName.replace(/^\./, "");
}

/** The message fits its type, as the checker has seen to. */
function encoded(types: readonly MessageType[], json: string, type: number): Uint8Array {
  const result = new ProtobufCodec(types).encode(json, type);
  if (result.kind === "bytes") return result.bytes.slice();
  throw new Error(`z6c has a bug: a message that was checked cannot be encoded: ${result.words}`);
}

function grpcMethod(
  method: protobuf.Method,
  types: MessageTypes,
  encode: (json: string, type: number) => Uint8Array,
): GrpcMethod {
  const { resolvedRequestType: request, resolvedResponseType: response } = method;
  if (request === null || response === null) throw new Error("z6c has a bug: a method was not resolved");
  const requestType = types.position(request);
  return {
    requestType,
    responseType: types.position(response),
    clientStreams: method.requestStream === true,
    serverStreams: method.responseStream === true,
    encode: (json) => encode(json, requestType),
  };
}

/** Message types by the order in which they are met. */
class MessageTypes {
  readonly all: MessageType[] = [];
  readonly #positions = new Map<protobuf.Type, number>();

  position(type: protobuf.Type): number {
    const known = this.#positions.get(type);
    if (known !== undefined) return known;
    const position = this.all.length;
    this.#positions.set(type, position);
    this.all.push({ name: plainName(type), fields: [] });
    const fields = type.fieldsArray.toSorted((a, b) => a.id - b.id).map((field) => this.#field(field));
    this.all[position] = { name: plainName(type), fields };
    return position;
  }

  #field(field: protobuf.Field): MessageField {
    const { resolvedType } = field;
    const common = {
      number: field.id,
      name: field.jsonName ?? field.name,
      protoName: field.name,
      rule: ruleOf(field),
      keyType: field instanceof protobuf.MapField ? field.keyType as ScalarType : "" as const,
    };
    if (resolvedType instanceof protobuf.Enum) {
      const values = Object.entries(resolvedType.values);
      return { ...common, type: "enum", message: -1, values };
    }
    if (resolvedType instanceof protobuf.Type) {
      const type = field.delimited ? "group" : "message";
      return { ...common, type, message: this.position(resolvedType), values: [] };
    }
    return { ...common, type: field.type as ScalarType, message: -1, values: [] };
  }
}

function ruleOf(field: protobuf.Field): MessageField["rule"] {
  if (field.map) return "map";
  if (field.repeated) return field.packed && isPackable(field) ? "packed" : "repeated";
  return field.hasPresence || field.resolvedType instanceof protobuf.Type ? "optional" : "one";
}

/** Texts, bytes and messages have a length of their own. */
function isPackable({ type, resolvedType }: protobuf.Field): boolean {
  return resolvedType === null
    ? type !== "string" && type !== "bytes"
    : resolvedType instanceof protobuf.Enum;
}
