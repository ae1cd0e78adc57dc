import { type Pattern, readPattern } from "./pattern.ts";

/** Longer samples are not made. */
const LONGEST = 64 * 1024;
/** Which of a pattern's many texts is tried. */
const FIRST = { least: 1, optional: 0, ahead: false, alternative: 0, member: 0 };
const WAYS: readonly Way[] = [
  FIRST,
  { ...FIRST, optional: 1 },
  { ...FIRST, least: 0 },
  { ...FIRST, least: 0, ahead: true },
  { ...FIRST, ahead: true },
  { ...FIRST, least: 8, optional: 1 },
  { ...FIRST, member: 1 },
  { ...FIRST, member: 2 },
  { ...FIRST, alternative: 1 },
  { ...FIRST, least: 0, alternative: 1 },
  { ...FIRST, least: 0, alternative: 2 },
];
/** Passes of `*`; of `?`; whether lookaheads are written out; which of several alternatives; which character of a set. */
type Way = Readonly<typeof FIRST>;

/**
 * A text in which a JavaScript regular expression with the flag `u` finds a match, with a first group that is not
 * empty if it can be. Null where none was found, though there may be one.
 */
export function sampleText(pattern: string): string | null {
  const parsed = readPattern(pattern);
  if (parsed === null) return null;
  const compiled = new RegExp(pattern, "u");
  let found: string | null = null;
  for (const way of WAYS) {
    const text = new Sample(way).of(parsed);
    const match = text === null ? null : compiled.exec(text);
    if (match === null) continue;
    if ((match[1] ?? match[0]) !== "") return text;
    found ??= text;
  }
  return found;
}

class Sample {
  readonly #way: Way;
  /** What groups matched, by number and by name. */
  readonly #groups = new Map<string, string>();
  #length = 0;

  constructor(way: Way) {
    this.#way = way;
  }

  of(pattern: Pattern): string | null {
    const text = this.#write(pattern);
    return this.#length > LONGEST ? null : text;
  }

  #write(pattern: Pattern): string {
    if (this.#length > LONGEST) return "";
    switch (pattern.kind) {
      case "character": {
        const { members } = pattern;
        const character = members[Math.min(this.#way.member, members.length - 1)];
        this.#length += character.length;
        return character;
      }
      case "nothing":
        return "";
      case "sequence":
        return pattern.parts.map((part) => this.#write(part)).join("");
      case "choice":
        return this.#write(pattern.ways[Math.min(this.#way.alternative, pattern.ways.length - 1)]);
      case "ahead":
        return this.#way.ahead ? this.#write(pattern.of) : "";
      case "group": {
        const text = this.#write(pattern.of);
        for (const name of pattern.names) this.#groups.set(name, text);
        return text;
      }
      case "again":
        return this.#groups.get(pattern.name) ?? "";
      case "repeat":
        return this.#repeat(pattern);
    }
  }

  #repeat({ of, min, max }: Pattern & { kind: "repeat" }): string {
    const wanted = max === 1 ? this.#way.optional : this.#way.least;
    const times = Math.min(Math.max(min, wanted), max);
    let text = "";
    for (let n = 0; n < times && this.#length <= LONGEST; n++) text += this.#write(of);
    return text;
  }
}
