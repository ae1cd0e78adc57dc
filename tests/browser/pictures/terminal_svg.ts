/** What a terminal shows, as SVG: sharp at any size, its text is text, and it looks the same on light and dark pages. */
import Anser from "anser";

const FONT_SIZE = 14;
/** Of the usual monospaced fonts; `textLength` makes others fit. */
const CELL_WIDTH = 8.4;
const LINE_HEIGHT = 19;
const PADDING = { side: 18, top: 46, bottom: 16 } as const;

const COLOURS = {
  ground: "#14171b",
  bar: "#22272e",
  edge: "#3d444d",
  ink: "#e6e8eb",
  faint: "#98a1ac",
} as const;
/** By the names that anser gives to the colours of ECMA-48. */
const INKS: Readonly<Record<string, string>> = {
  "ansi-red": "#ff8f6b",
  "ansi-green": "#5ccb9c",
  "ansi-yellow": "#e8bd62",
  "ansi-blue": "#6cb6ff",
  "ansi-magenta": "#dcbdfb",
  "ansi-cyan": "#76d9e6",
  "ansi-white": "#e6e8eb",
  "ansi-bright-black": "#98a1ac",
};

type Run = Readonly<{ text: string; ink: string; isBold: boolean }>;

/** `lines` with escape codes for colours; `command` stands in front of them behind a prompt. Ends with a newline. */
export function terminalSvg(
  title: string,
  command: string,
  lines: readonly string[],
  columns: number,
): string {
  const rows = [
    [run("$ ", COLOURS.faint), run(command, COLOURS.ink, true)],
    [],
    ...colouredRows(lines.join("\n")),
  ];
  const width = Math.ceil(columns * CELL_WIDTH + 2 * PADDING.side);
  const height = PADDING.top + rows.length * LINE_HEIGHT + PADDING.bottom;
  const texts = rows.flatMap((runs, row) => {
    const spans = runsAsSpans(runs);
    const y = PADDING.top + row * LINE_HEIGHT + FONT_SIZE;
    return spans === "" ? [] : [`<text y="${y}">${spans}</text>`];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${
    escaped(title)
  }">
<title>${escaped(title)}</title>
<rect x=".5" y=".5" width="${width - 1}" height="${
    height - 1
  }" rx="10" fill="${COLOURS.ground}" stroke="${COLOURS.edge}"/>
<path d="M1 32V10a9 9 0 0 1 9-9H${width - 10}a9 9 0 0 1 9 9V32Z" fill="${COLOURS.bar}"/>
<g fill="${COLOURS.edge}"><circle cx="20" cy="16.5" r="6"/><circle cx="40" cy="16.5" r="6"/><circle cx="60" cy="16.5" r="6"/></g>
<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="${FONT_SIZE}" fill="${COLOURS.ink}" xml:space="preserve">
${texts.join("\n")}
</g>
</svg>
`;
}

function run(text: string, ink: string, isBold = false): Run {
  return { text, ink, isBold };
}

/** Each line's runs of one look. */
function colouredRows(text: string): Run[][] {
  const rows: Run[][] = [[]];
  for (
    const { content, fg, decorations } of Anser.ansiToJson(text, { use_classes: true, remove_empty: true })
  ) {
    const ink = decorations.includes("dim") ? COLOURS.faint : INKS[fg] ?? COLOURS.ink;
    for (const [at, part] of content.split("\n").entries()) {
      if (at > 0) rows.push([]);
      if (part !== "") rows.at(-1)?.push(run(part, ink, decorations.includes("bold")));
    }
  }
  return rows;
}

/** Every word has its place, so that a font of another width moves nothing. */
function runsAsSpans(runs: readonly Run[]): string {
  let column = 0;
  const spans: string[] = [];
  for (const { text, ink, isBold } of runs) {
    for (const match of text.matchAll(/\S+(?: \S+)*/g)) {
      const cells = [...match[0]].length;
      const x = PADDING.side + (column + [...text.slice(0, match.index)].length) * CELL_WIDTH;
      const looks = [ink === COLOURS.ink ? "" : ` fill="${ink}"`, isBold ? ` font-weight="600"` : ""].join(
        "",
      );
      const place = `x="${rounded(x)}" textLength="${
        rounded(cells * CELL_WIDTH)
      }" lengthAdjust="spacingAndGlyphs"`;
      spans.push(`<tspan ${place}${looks}>${escaped(match[0])}</tspan>`);
    }
    column += [...text].length;
  }
  return spans.join("");
}

function rounded(pixels: number): string {
  return String(Math.round(pixels * 10) / 10);
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
