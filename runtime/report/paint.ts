/** Colour for a terminal, where it is wanted. */

export type Paint = Readonly<Record<"good" | "bad" | "warn" | "strong" | "faint", (text: string) => string>>;

/** Without colour, texts stay as they are. */
export function paint(color: boolean): Paint {
  const style = (open: number, close: number) => (text: string) =>
    color ? `\x1b[${open}m${text}\x1b[${close}m` : text;
  return {
    good: style(32, 39),
    bad: style(31, 39),
    warn: style(33, 39),
    strong: style(1, 22),
    faint: style(2, 22),
  };
}
