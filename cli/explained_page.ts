/** What is known of a code → text for people. */
import { wrapped } from "../runtime/report/table.ts";

/** `prose` is wrapped, `toml` stays as it is. */
export type Passage = Readonly<{ kind: "prose" | "toml"; text: string }>;

/** One code. `page` is where the documentation tells more. */
export type Page = Readonly<{
  code: string;
  title: string;
  about: string;
  cause: string;
  example: Passage;
  mend: Passage;
  related: readonly string[];
  page: string;
}>;

/** `width` is that of the terminal in columns; `color` switches ANSI colours. */
export type Look = Readonly<{ color: boolean; width: number }>;

/** Cause, example, mend and what to read beside it. */
export function pageText(page: Page, look: Look): string {
  const paint = painter(look.color);
  const { code, title, about, cause, example, mend, related } = page;
  const prose = (text: string) => wrapped(text, look.width - 2).map((line) => `  ${line}`).join("\n");
  const passage = (text: Passage, other: Passage, mark: string, style: Style) =>
    text.kind === "prose"
      ? prose(text.text)
      : marked(text.text, other.text, (line) => paint(style, `${mark} ${line}`));
  const heads = example.kind === "toml" ? ["wrong", "right"] : ["for example", "what to do"];
  const beside = [...related, page.page].map((line) => `  ${line}`).join("\n");
  return [
    `${paint("strong", `${code}  ${title}`)}  ${paint("quiet", `(${about})`)}`,
    prose(cause),
    `${paint("strong", heads[0])}\n${passage(example, mend, "-", "wrong")}`,
    `${paint("strong", heads[1])}\n${passage(mend, example, "+", "right")}`,
    `${paint("strong", "see also")}\n${beside}`,
  ].join("\n\n");
}

/** Groups of codes with their titles. */
export function listText(
  groups: readonly { title: string; rows: readonly (readonly [code: string, title: string])[] }[],
  look: Look,
): string {
  const paint = painter(look.color);
  const shown = groups.map(({ title, rows }) =>
    [paint("strong", title), ...rows.map(([code, what]) => `  ${code}  ${what}`)].join("\n")
  );
  return `${shown.join("\n\n")}\n\n\`z6c explain CODE\` tells of each what it means and how to mend it.`;
}

/** A piece of TOML; the lines that the other piece does not have bear a mark. */
function marked(text: string, other: string, mark: (line: string) => string): string {
  const same = new Set(other.split("\n"));
  return text.trimEnd().split("\n").map((line) =>
    same.has(line) ? `    ${line}`.trimEnd() : `  ${mark(line)}`
  ).join("\n");
}

type Style = "strong" | "quiet" | "wrong" | "right";

function painter(color: boolean): (style: Style, text: string) => string {
  const codes: Record<Style, string> = { strong: "1", quiet: "2", wrong: "31", right: "32" };
  return (style, text) => color ? `\x1b[${codes[style]}m${text}\x1b[0m` : text;
}
