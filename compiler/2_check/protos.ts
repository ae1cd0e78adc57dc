/** What `.proto` files say, as the checker needs it. Whoever compiles brings the reader, for a library reads them. */
import type { MessageType } from "../../runtime/plan_messages.ts";
import type { ReadFile } from "./files.ts";

/** `types` are those that some method sends or answers with, and those that they are made of. */
export type Protos = Readonly<{
  types: readonly MessageType[];
  /** By full name: `package.Service/Method`. */
  methods: ReadonlyMap<string, GrpcMethod>;
}>;

/** `requestType` and `responseType` are positions in `types`. */
export type GrpcMethod = Readonly<{
  requestType: number;
  responseType: number;
  /** The client sends a stream of messages; and the server does. */
  clientStreams: boolean;
  serverStreams: boolean;
  /** A message in protocol buffers' wire format, of its JSON (proto3 JSON mapping), which fits the type. */
  encode(json: string): Uint8Array;
}>;

/** `words` end the sentence "FILE …"; `line` counts from 1, and is 0 where the fault has none. */
export type ProtoFault = Readonly<{ file: string; line: number; words: string }>;

/** `files` are paths as the scenario has them; what they import lies beside one of them, or below. */
export type ReadProtos = (files: readonly string[], readFile: ReadFile) => Protos | ProtoFault;
