import { ProtobufFault, WIRE } from "./protobuf_types.ts";

const SHORT_TEXT = 24;

/** Takes bytes apart, one after the other, and never reads behind their end. Throws a `ProtobufFault` there. */
export class WireReader {
  at = 0;
  /** Both halves of the number that `varint` or `fixed64` read last: signed, 32 bits each. */
  low = 0;
  high = 0;

  readonly #bytes: Uint8Array;
  #view: DataView | null = null;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** 64 bits in up to ten bytes, the lowest first; what lies above them is lost. */
  varint(end: number): void {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.at >= end) throw new ProtobufFault("a number is cut off");
      const octet = this.#bytes[this.at++];
      const bits = octet & 127;
      if (shift < 28) {
        low |= bits << shift;
      } else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else {
        high |= bits << (shift - 32);
      }
      if (octet < 128) {
        this.low = low;
        this.high = high;
        return;
      }
    }
    throw new ProtobufFault("a number is longer than ten bytes");
  }

  /** Field number and wire type. */
  tag(end: number): number {
    this.varint(end);
    const tag = this.low >>> 0;
    if (this.high !== 0 || tag < 8) throw new ProtobufFault("there is no field of that number");
    return tag;
  }

  /** Where a value that begins with its length ends. */
  lengthEnd(end: number): number {
    this.varint(end);
    const length = this.low >>> 0;
    if (this.high !== 0 || length > end - this.at) throw new ProtobufFault("a value is cut off");
    return this.at + length;
  }

  fixed32(end: number): number {
    this.#take(4, end);
    return this.#numbers().getInt32(this.at - 4, true);
  }

  fixed64(end: number): void {
    this.#take(8, end);
    this.low = this.#numbers().getInt32(this.at - 8, true);
    this.high = this.#numbers().getInt32(this.at - 4, true);
  }

  float(end: number): number {
    this.#take(4, end);
    return this.#numbers().getFloat32(this.at - 4, true);
  }

  double(end: number): number {
    this.#take(8, end);
    return this.#numbers().getFloat64(this.at - 8, true);
  }

  /** The text up to `stop`, where it is short and plain: letter by letter that is faster than by a decoder. */
  ascii(stop: number): string | null {
    if (stop - this.at > SHORT_TEXT) return null;
    let text = "";
    for (let at = this.at; at < stop; at++) {
      if (this.#bytes[at] > 127) return null;
      text += String.fromCharCode(this.#bytes[at]);
    }
    this.at = stop;
    return text;
  }

  /** A view of the bytes up to `stop`. */
  view(stop: number): Uint8Array {
    const view = this.#bytes.subarray(this.at, stop);
    this.at = stop;
    return view;
  }

  /** Goes on behind a value that nobody knows. `depth`: how deep groups may still nest. */
  skip(tag: number, end: number, depth: number): void {
    switch (tag & 7) {
      case WIRE.varint:
        return this.varint(end);
      case WIRE.fixed64:
        return this.#take(8, end);
      case WIRE.bytes:
        this.at = this.lengthEnd(end);
        return;
      case WIRE.fixed32:
        return this.#take(4, end);
      case WIRE.groupStart:
        return this.#skipGroup(tag >>> 3, end, depth - 1);
      default:
        throw new ProtobufFault(`there is no wire type ${tag & 7} here`);
    }
  }

  #skipGroup(number: number, end: number, depth: number): void {
    if (depth < 0) throw new ProtobufFault("it nests too deep");
    for (;;) {
      const tag = this.tag(end);
      if ((tag & 7) !== WIRE.groupEnd) this.skip(tag, end, depth);
      else if (tag >>> 3 === number) return;
      else throw new ProtobufFault("a group ends that did not begin");
    }
  }

  /** Few messages need it. */
  #numbers(): DataView {
    const { buffer, byteOffset, byteLength } = this.#bytes;
    return this.#view ??= new DataView(buffer, byteOffset, byteLength);
  }

  #take(count: number, end: number): void {
    if (count > end - this.at) throw new ProtobufFault("a number is cut off");
    this.at += count;
  }
}
