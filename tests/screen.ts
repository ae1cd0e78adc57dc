/** What a terminal shows in the end: as much of ECMA-48 as z6c uses. */

// deno-lint-ignore no-control-regex
const TOKEN = /\u001b\[[\d;]*[A-Za-z]|\u001b|\r|\n|[^\u001b\r\n]+/g;

/**
 * The lines left on a screen that is tall enough and has got `output`. Knows CR, LF, colours (ignored), "up by n
 * lines", "erase this line" and "erase from here on"; anything else that begins with ESC is an error.
 */
export function screenAfter(output: string): string[] {
  const lines: string[] = [""];
  let at = 0;
  for (const [token] of output.matchAll(TOKEN)) {
    const [, parameter, command] = /\[([\d;]*)([A-Za-z])$/.exec(token.startsWith("\u001b") ? token : "") ??
      [];
    if (token === "\n") lines[++at] ??= "";
    else if (token === "\r" || command === "m") continue;
    else if (command === "A") at = Math.max(0, at - Number(parameter));
    else if (command === "K" && parameter === "2") lines[at] = "";
    else if (command === "J" && parameter === "0") lines.splice(at, lines.length, "");
    else if (token.startsWith("\u001b")) throw new Error(`nobody expects ${JSON.stringify(token)}`);
    else lines[at] += token;
  }
  return lines;
}
