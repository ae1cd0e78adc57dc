/** What a regular expression is made of, as far as it takes to write a text that it matches. */
export type Pattern = Readonly<
  /** At least one, each of which does. */
  | { kind: "character"; members: readonly string[] }
  /** Anchors, and what must not follow. */
  | { kind: "nothing" }
  | { kind: "sequence"; parts: readonly Pattern[] }
  | { kind: "choice"; ways: readonly Pattern[] }
  | { kind: "repeat"; of: Pattern; min: number; max: number }
  /** A lookahead: what follows matches this, too. */
  | { kind: "ahead"; of: Pattern }
  /** `names`: its number, and its name. */
  | { kind: "group"; of: Pattern; names: readonly string[] }
  | { kind: "again"; name: string }
>;

/** A JavaScript regular expression with the flag `u`, read; null where it is none. */
export function readPattern(source: string): Pattern | null {
  try {
    new RegExp(source, "u");
  } catch {
    return null;
  }
  return new PatternReader(source).choice();
}

/** A set, or an escape that is one character or a set of them. */
const SET =
  /^(?:\.|\[\^?(?:\\[^]|[^\]\\])*\]|\\(?:[pP]\{[^}]*\}|u\{[^}]*\}|u[dD][89abAB]..\\u[dD][c-fC-F]..|u....|x..|c.|0|[^]))/;

/** Reads a pattern that is known to be well formed. */
class PatternReader {
  readonly #source: string;
  #at = 0;
  #groups = 0;

  constructor(source: string) {
    this.#source = source;
  }

  /** Up to a closing bracket or the end. */
  choice(): Pattern {
    const ways = [this.#sequence()];
    while (this.#take(/^\|/) !== null) ways.push(this.#sequence());
    return ways.length === 1 ? ways[0] : { kind: "choice", ways };
  }

  #sequence(): Pattern {
    const parts: Pattern[] = [];
    while (this.#at < this.#source.length && !"|)".includes(this.#source[this.#at])) {
      parts.push(this.#quantified(this.#atom()));
    }
    return { kind: "sequence", parts };
  }

  #quantified(of: Pattern): Pattern {
    const [, sign, from, comma, to] = this.#take(/^(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/) ?? [];
    if (sign !== undefined) {
      return { kind: "repeat", of, min: sign === "+" ? 1 : 0, max: sign === "?" ? 1 : Infinity };
    }
    if (from === undefined) return of;
    const min = Number(from);
    const max = comma === "" ? min : to === "" ? Infinity : Number(to);
    return { kind: "repeat", of, min, max };
  }

  #atom(): Pattern {
    if (this.#take(/^(?:\^|\$|\\[bB])/) !== null) return { kind: "nothing" };
    const again = this.#take(/^\\(?:([1-9]\d*)|k<([^>]*)>)/);
    if (again !== null) return { kind: "again", name: again[1] ?? again[2] };
    const open = this.#take(/^\((?:\?(?:(<?[=!])|<([^>]*)>|[a-z-]*:))?/);
    if (open !== null) return this.#group(open[0] === "(", open[1], open[2]);
    const set = this.#take(SET);
    if (set !== null) return { kind: "character", members: membersOf(set[0]) };
    const character = String.fromCodePoint(this.#source.codePointAt(this.#at) ?? 0);
    this.#at += character.length;
    return { kind: "character", members: [character] };
  }

  #group(isNumbered: boolean, look: string | undefined, name: string | undefined): Pattern {
    const names = isNumbered || name !== undefined ? [String(++this.#groups)] : [];
    if (name !== undefined) names.push(name);
    const of = this.choice();
    this.#take(/^\)/);
    switch (look) {
      case "=":
        return { kind: "ahead", of };
      case "!":
      case "<!":
        return { kind: "nothing" };
      default:
        return names.length === 0 ? of : { kind: "group", of, names };
    }
  }

  #take(what: RegExp): RegExpExecArray | null {
    const match = what.exec(this.#source.slice(this.#at));
    if (match !== null) this.#at += match[0].length;
    return match;
  }
}

/** Letters and digits first, since what is captured goes into URLs. */
const USUAL = "a1A0_-. :/x";
const MEMBERS = 3;

/** Some characters of a set of characters; of an empty one, any. */
function membersOf(set: string): string[] {
  const pattern = new RegExp(`^${set}$`, "u");
  const members = [...USUAL].filter((character) => pattern.test(character));
  for (let point = 0; members.length < MEMBERS && point <= 0x1_ffff; point++) {
    // Printable characters first.
    const character = String.fromCodePoint((point + 0x20) % 0x2_0000);
    if (!members.includes(character) && pattern.test(character)) members.push(character);
  }
  return members.length === 0 ? [USUAL[0]] : members;
}
