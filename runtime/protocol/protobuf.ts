/** Messages of protocol buffers and JSON, one into the other (protobuf.dev/programming-guides/encoding and …/json). */
import type { Json } from "./json_value.ts";
import { MessageReader } from "./protobuf_read.ts";
import type { MessageType } from "../plan_messages.ts";
import { type PreparedType, prepareTypes, ProtobufFault } from "./protobuf_types.ts";
import { MessageWriter } from "./protobuf_write.ts";

/** `bytes` are good until the next message is encoded. `words` say on one line why there is none. */
export type Encoded = Readonly<{ kind: "bytes"; bytes: Uint8Array } | { kind: "fault"; words: string }>;
/** The other way. */
export type Decoded = Readonly<{ kind: "json"; json: Json } | { kind: "fault"; words: string }>;

/** A number that a double would change. */
const LONG_NUMBER = /\d{16}/;

/** For the messages of one table of types, which `type` is a position in. Well-known types are messages like others. */
export class ProtobufCodec {
  readonly #types: readonly PreparedType[];
  readonly #reader: MessageReader;
  readonly #writer: MessageWriter;

  constructor(types: readonly MessageType[]) {
    this.#types = prepareTypes(types);
    this.#reader = new MessageReader(this.#types);
    this.#writer = new MessageWriter(this.#types);
  }

  /** The bytes of a message of which this is the JSON; whole numbers in it may have 64 bits. */
  encode(text: string, type: number): Encoded {
    let value: Json;
    try {
      value = LONG_NUMBER.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
    } catch {
      return { kind: "fault", words: "the message is no JSON" };
    }
    return this.encodeValue(value, type);
  }

  /** The same of a JSON that was read. */
  encodeValue(value: Json, type: number): Encoded {
    try {
      return { kind: "bytes", bytes: this.#writer.write(value, type) };
    } catch (cause) {
      return { kind: "fault", words: wordsOf(cause) };
    }
  }

  /** The JSON of a message; `protobuf_read.ts` says what of it. */
  decode(bytes: Uint8Array, type: number): Decoded {
    try {
      return { kind: "json", json: this.#reader.read(bytes, type) };
    } catch (cause) {
      return { kind: "fault", words: `${this.#types[type].name}: ${wordsOf(cause)}` };
    }
  }
}

/** Only faults of the message are ours to tell. */
function wordsOf(cause: unknown): string {
  if (cause instanceof ProtobufFault) return cause.message;
  throw cause;
}

/** A long whole number stays the text of its digits, which is as good in JSON of protocol buffers. */
function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  const digits = context?.source ?? "";
  return typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(digits) ? digits : value;
}
