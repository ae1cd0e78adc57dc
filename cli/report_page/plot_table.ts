/** What a chart shows, as numbers. */
import type { Drawing, Horizontal } from "./drawing.ts";
import { element } from "./elements.ts";

/** A row for each point or stretch that is visible; it can be scrolled by keyboard. */
export function tableOf(
  { lines, written }: Drawing,
  horizontal: Horizontal,
  [from, to]: readonly [number, number],
  title: string,
): HTMLElement {
  const table = document.createElement("table");
  const head = table.createTHead().insertRow();
  head.append(element("th", { scope: "col" }, horizontal.stepped ? "time" : "quantile"));
  for (const { label } of lines) head.append(element("th", { scope: "col", class: "n" }, label));
  const body = table.createTBody();
  // Of stretches, the last value is where the last one ends.
  const length = horizontal.values.length - (horizontal.stepped ? 1 : 0);
  for (let at = 0; at < length; at++) {
    const value = horizontal.values[at];
    if (horizontal.stepped && (value < from || value > to)) continue;
    const row = body.insertRow();
    row.append(element("th", { scope: "row" }, horizontal.written(value, at)));
    for (const { values } of lines) {
      const cell = values[at] ?? null;
      row.append(element("td", { class: "n" }, cell === null ? "–" : written(cell)));
    }
  }
  const scroll = element("div", { tabindex: "0", role: "group", "aria-label": `Table of ${title}` }, "");
  scroll.append(table);
  return scroll;
}
