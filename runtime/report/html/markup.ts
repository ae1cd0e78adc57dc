/** HTML as values, so that no text gets into a page as it came. */
import { printable } from "../format.ts";

/** Ready to stand in a page. */
export type Markup = Readonly<{ html: string }>;
type Part = Markup | string | number | readonly Markup[];

/** A template whose parts are escaped, unless they are markup already. */
export function markup(texts: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { html: texts.map((text, at) => text + (at < parts.length ? written(parts[at]) : "")).join("") };
}

/** HTML as it stands. */
export function raw(html: string): Markup {
  return { html };
}

/** What pages that need nothing else may do: nothing is loaded, sent or framed. */
export const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** Joined without anything in between. */
export function joined(parts: readonly Markup[]): Markup {
  return { html: parts.map(({ html }) => html).join("") };
}

/** Where there is nothing to say. */
export const NOTHING: Markup = { html: "" };

function written(part: Part): string {
  if (typeof part === "object") return "html" in part ? part.html : joined(part).html;
  return escaped(String(part));
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** What a target or a system said: on one line, without control characters. */
export function said(text: string): Markup {
  return markup`<q>${printable(text)}</q>`;
}

/** Of a table. */
export type Column = Readonly<{ title: string; align: "left" | "right" }>;

/** A column of texts. */
export function text(title: string): Column {
  return { title, align: "left" };
}

/** A column of numbers. */
export function number(title: string): Column {
  return { title, align: "right" };
}

/** A table that can be scrolled by keyboard where it is too wide. Each row's first cell is its head. */
export function table(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly (Markup | string)[])[],
): Markup {
  const cls = ({ align }: Column) => (align === "right" ? markup` class="n"` : NOTHING);
  const heads = columns.map((column) => markup`<th scope="col"${cls(column)}>${column.title}</th>`);
  const lines = rows.map((cells) =>
    markup`<tr>${
      cells.map((cell, at) =>
        at === 0
          ? markup`<th scope="row"${cls(columns[at])}>${cell}</th>`
          : markup`<td${cls(columns[at])}>${cell}</td>`
      )
    }</tr>`
  );
  return markup`<div class="scroll" tabindex="0" role="group" aria-label="${caption}"><table>
<caption class="unseen">${caption}</caption><thead><tr>${heads}</tr></thead><tbody>${lines}</tbody></table></div>`;
}

/** A section of the page with its title. `id`: for links. */
export function section(id: string, title: string, ...body: readonly Markup[]): Markup {
  return markup`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${body}</section>
`;
}
