import { textOf, utf8 } from "../ledger/utf8.ts";
import { grpcFrame } from "../protocol/grpc_frame.ts";
import type { ProtobufCodec } from "../protocol/protobuf.ts";

/** Messages of gRPC of one type, which scenarios and checks know as JSON. */
export class GrpcMessages {
  readonly #codec: ProtobufCodec;
  readonly #type: number;

  /** `type`: position in plan.messageTypes, which the codec is made of. */
  constructor(codec: ProtobufCodec, type: number) {
    this.#codec = codec;
    this.#type = type;
  }

  /** The message of a JSON text in UTF-8, in its frame; null where it is no such message. */
  frame(json: Uint8Array): Uint8Array | null {
    const encoded = this.#codec.encode(textOf(json), this.#type);
    return encoded.kind === "bytes" ? grpcFrame(encoded.bytes) : null;
  }

  /** The JSON text in UTF-8 of a message without its frame; null where it is none of that type. */
  json(message: Uint8Array): Uint8Array | null {
    const decoded = this.#codec.decode(message, this.#type);
    return decoded.kind === "json" ? utf8(JSON.stringify(decoded.json)) : null;
  }
}
