/**
 * Variables within plain text. Importers cut and encode texts as if there were no `${…}`: each variable is one
 * private-use character that the source does not hold, and becomes `${…}` when the scenario is written. What looks
 * like a variable in the source is escaped at the same time, so nothing is read as one by accident.
 */
const FIRST = 0xe000;
const LAST = 0xf8ff;

/** The variables of one scenario. */
export class Variables {
  private readonly sources = new Map<string, string>();
  private readonly characters = new Map<string, string>();
  private next = FIRST;

  /** `source` is the text that is imported. */
  constructor(private readonly source: string) {}

  /** The character that stands for `${variable}`. There are 6,400 at most; beyond, the text `variable` itself. */
  add(variable: string): string {
    const known = this.characters.get(variable);
    if (known !== undefined) return known;
    while (this.next <= LAST && this.source.includes(String.fromCharCode(this.next))) this.next++;
    if (this.next > LAST) return variable;
    const character = String.fromCharCode(this.next++);
    this.characters.set(variable, character);
    this.sources.set(character, variable);
    return character;
  }

  /** The variable that a character stands for, or undefined. */
  of(character: string): string | undefined {
    return this.sources.get(character);
  }

  has(text: string): boolean {
    return [...text].some((character) => this.sources.has(character));
  }

  /** What scenarios are to say for a text: variables written out, dollars doubled in front of them and of braces. */
  written(text: string): string {
    const doubled = text.replace(
      /(\$+)([{\ue000-\uf8ff])/g,
      (both, dollars: string, next: string) =>
        next === "{" || this.sources.has(next) ? dollars + dollars + next : both,
    );
    return this.shown(doubled);
  }

  /** A text for people: variables written out, nothing escaped. */
  shown(text: string): string {
    return text.replace(/[\ue000-\uf8ff]/g, (character) => {
      const variable = this.sources.get(character);
      return variable === undefined ? character : `\${${variable}}`;
    });
  }

  /** Percent-encodes a text all but for its variables. */
  encoded(text: string): string {
    return text.toWellFormed().replace(
      /[^A-Za-z0-9\-._~]/gu,
      (character) => this.sources.has(character) ? character : encodeURIComponent(character),
    );
  }

  /** Names of the environment variables that are asked for when the test starts. */
  secrets(): readonly string[] {
    return [...this.characters.keys()].flatMap((variable) =>
      variable.startsWith("secret.") ? [variable.slice("secret.".length)] : []
    );
  }
}

/** `x-api-key` → `X_API_KEY`: a name that an environment variable may have. */
export function environmentName(text: string): string {
  const name = text.replace(/([a-z\d])([A-Z])/g, "$1_$2").toUpperCase().replace(/[^A-Z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "").slice(0, 60);
  return /^[A-Z]/.test(name) ? name : `VALUE${name === "" ? "" : `_${name}`}`;
}
