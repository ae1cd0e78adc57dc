import { ABSENT, contentLength, INVALID } from "./http1_field_values.ts";
import { HTAB, isWord, OCTET, octetsOf, SP, TEXT, TOKEN } from "./octets.ts";

/** What a field of a response is to the one who reads it. */
export const MEANING = { plain: 0, status: 1, contentLength: 2, malformed: 3 } as const;

/** What stands around a field's value where it is written as HTTP/1.1 writes it. */
export const NAME_END_BYTES = 2;
export const LINE_END_BYTES = 2;

const CONTENT_LENGTH = octetsOf("content-length");
const STATUS = octetsOf(":status");
/** Fields that are about a connection of HTTP/1.1, and not allowed here (RFC 9113 section 8.2.2). */
const OF_CONNECTIONS = ["connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade"]
  .map(octetsOf);
const COLON = 58;
const UPPER_A = 65;
const UPPER_Z = 90;

/** A field of a table, with what was found out about it once and for all. */
export type TableField = Readonly<{
  /** `name: value\r\n`. */
  line: Uint8Array;
  nameBytes: number;
  /** A `MEANING`. */
  meaning: number;
  /** The status or the content length where it means one. */
  number: number;
  /** As RFC 7541 section 4.1 counts it. */
  size: number;
}>;

/** Judges one field after the other (RFC 9113 sections 8.2, 8.3.2). */
export class FieldExaminer {
  /** A `MEANING`. */
  meaning: number = MEANING.plain;
  /** The status or the content length where the field means one; of the latter also `INVALID`. */
  number: number = ABSENT;

  /** Looks at the field whose line begins at bytes[at], with a name and a value of these lengths. */
  examine(bytes: Uint8Array, at: number, nameBytes: number, valueBytes: number): void {
    const nameEnd = at + nameBytes;
    const value = nameEnd + NAME_END_BYTES;
    const end = value + valueBytes;
    this.number = ABSENT;
    if (!isText(bytes, value, end)) {
      this.meaning = MEANING.malformed;
    } else if (bytes[at] === COLON) {
      this.#examineStatus(bytes, isWord(bytes, at, nameEnd, STATUS), value, end);
    } else if (!isFieldName(bytes, at, nameEnd)) {
      this.meaning = MEANING.malformed;
    } else if (isWord(bytes, at, nameEnd, CONTENT_LENGTH)) {
      this.meaning = MEANING.contentLength;
      this.number = contentLength(bytes, value, end);
    } else {
      this.meaning = MEANING.plain;
    }
  }

  /** Three digits, from 100 on. Other pseudo-fields belong to requests. */
  #examineStatus(bytes: Uint8Array, isStatus: boolean, value: number, end: number): void {
    this.meaning = MEANING.malformed;
    if (!isStatus || end - value !== 3) return;
    const number = contentLength(bytes, value, end);
    if (number === INVALID || number < 100) return;
    this.meaning = MEANING.status;
    this.number = number;
  }
}

/** A field as the static table holds it. */
export function tableField(examiner: FieldExaminer, name: string, value: string): TableField {
  return tableFieldOf(examiner, octetsOf(`${name}: ${value}\r\n`), name.length);
}

/** A field whose whole line `line` is. */
export function tableFieldOf(examiner: FieldExaminer, line: Uint8Array, nameBytes: number): TableField {
  const valueBytes = line.length - nameBytes - NAME_END_BYTES - LINE_END_BYTES;
  examiner.examine(line, 0, nameBytes, valueBytes);
  const { meaning, number } = examiner;
  return { line, nameBytes, meaning, number, size: nameBytes + valueBytes + 32 };
}

/** A value has no control characters, and no white space at its ends (RFC 9113 section 8.2.1). */
function isText(bytes: Uint8Array, at: number, end: number): boolean {
  if (at === end) return true;
  if (isSpace(bytes[at]) || isSpace(bytes[end - 1])) return false;
  for (let i = at; i < end; i++) {
    if ((OCTET[bytes[i]] & TEXT) === 0) return false;
  }
  return true;
}

function isSpace(octet: number): boolean {
  return octet === SP || octet === HTAB;
}

/** A token in lower case, and none of `OF_CONNECTIONS`. */
function isFieldName(bytes: Uint8Array, at: number, end: number): boolean {
  if (at === end) return false;
  for (let i = at; i < end; i++) {
    const octet = bytes[i];
    if ((OCTET[octet] & TOKEN) === 0 || (octet >= UPPER_A && octet <= UPPER_Z)) return false;
  }
  for (const word of OF_CONNECTIONS) {
    if (isWord(bytes, at, end, word)) return false;
  }
  return true;
}
