/** A record as an object: for tests, `z6c inspect` and documentation. Folds over many records read the words. */
import { WORD } from "./layout.ts";
import { CONTINUATION, KIND, NO_STEP, NONE, OBSERVATION } from "./record.ts";
import { continuationBytes } from "./text.ts";

export type DecodedRecord =
  | Readonly<{
    lane: "decision" | "observation";
    kind: number;
    /** As in `KIND`, or `unknown.0x…` for a kind of a later version. */
    name: string;
    tick: number;
    /** Null where the record is about no particular one. */
    session: number | null;
    vu: number | null;
    step: number | null;
    a: number;
    b: number;
    c: number;
  }>
  /** `left` counts the text's bytes from here on; `bytes` are this record's. */
  | Readonly<{ lane: "text"; kind: number; name: string; left: number; bytes: Uint8Array }>;

const names = new Map<number, string>(Object.entries(KIND).map(([name, kind]) => [kind, name]));

/** What `KIND` calls a kind. */
export function kindName(kind: number): string {
  return names.get(kind) ?? `unknown.0x${kind.toString(16).padStart(4, "0")}`;
}

/** Record `index` of `words`, eight words a record. */
export function decodeRecord(words: Uint32Array, index: number): DecodedRecord {
  const at = index * WORD.words;
  const kind = words[at + WORD.kindAndStep] & 0xffff;
  if ((kind & CONTINUATION) !== 0) {
    return { lane: "text", kind, name: kindName(kind & ~CONTINUATION), ...continuationBytes(words, index) };
  }
  const step = words[at + WORD.kindAndStep] >>> 16;
  return {
    lane: (kind & OBSERVATION) === 0 ? "decision" : "observation",
    kind,
    name: kindName(kind),
    tick: words[at + WORD.tickHigh] * 0x1_0000_0000 + words[at + WORD.tickLow],
    session: orNull(words[at + WORD.session], NONE),
    vu: orNull(words[at + WORD.vu], NONE),
    step: orNull(step, NO_STEP),
    a: words[at + WORD.a],
    b: words[at + WORD.b],
    c: words[at + WORD.c],
  };
}

function orNull(value: number, none: number): number | null {
  return value === none ? null : value;
}
