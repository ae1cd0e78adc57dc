/** docs/ledger.md against the code: the tables, the small ledger, and a reader written from that page alone. */
import { deepEqual, equal } from "node:assert/strict";
import { ERRORS } from "../../../runtime/ledger/errors.ts";
import { decodeRecord } from "../../../runtime/ledger/decode.ts";
import { openLedger } from "../../../runtime/ledger/reader.ts";
import { CLOSED, END, KIND, OBSERVATION, STOP } from "../../../runtime/ledger/record.ts";
import { memorySource } from "../../../runtime/ledger/source.ts";
import { recordText } from "../../../runtime/ledger/text.ts";
import { readAsStranger } from "./stranger.ts";
import { hexDump, tinyLedger } from "./tiny.ts";

const page = Deno.readTextFileSync(new URL("../../../docs/ledger.md", import.meta.url));
const file = Deno.readFileSync(new URL("tiny.bin", import.meta.url));
const expected = JSON.parse(Deno.readTextFileSync(new URL("tiny.json", import.meta.url)));

/** The cells of the table rows whose first cell matches. */
function rows(section: string, first: RegExp): string[][] {
  const from = page.indexOf(`\n${section}\n`);
  const text = page.slice(from, page.indexOf("\n#", from + section.length + 1));
  return text.split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) => line.slice(2, -2).split(/ +\| +/).map((cell) => cell.replaceAll("\\|", "|").trim()))
    .filter(([cell]) => first.test(cell));
}

Deno.test("the code writes tiny.bin, and the page shows it", () => {
  const { bytes, digest } = tinyLedger();
  deepEqual(bytes, file);
  equal(page.includes("\n```\n" + hexDump(file) + "\n```\n"), true, "the dump");
  equal(page.includes(`\`${digest}\``), true, "the digest");
});

Deno.test("a stranger who read the page finds in tiny.bin what tiny.json says", async () => {
  deepEqual(await readAsStranger(file), expected);
});

Deno.test("our reader finds in tiny.bin what tiny.json says", () => {
  const ledger = openLedger(memorySource(file));
  deepEqual(ledger.header, expected.header);
  const blocks: unknown[][] = [];
  const integrity = ledger.scan(({ words, records }) => {
    const block: unknown[] = [];
    for (let index = 0; index < records; index++) {
      const record = decodeRecord(words, index);
      if (record.lane === "text") continue;
      const { lane: _lane, name: _name, session, vu, step, ...fields } = record;
      const text = recordText(words, records, index);
      block.push({
        ...fields,
        session: session ?? 0xffff_ffff,
        vu: vu ?? 0xffff_ffff,
        step: step ?? 0xffff,
        ...(text === null ? {} : { text }),
      });
    }
    blocks.push(block);
  });
  deepEqual(blocks, expected.blocks);
  equal(integrity.digest, expected.digest);
});

Deno.test("the header of the small ledger is canonical JSON", () => {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted);
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1);
    return Object.fromEntries(entries.map(([name, field]) => [name, sorted(field)]));
  };
  const { header, headerJson } = openLedger(memorySource(file));
  equal(headerJson, JSON.stringify(sorted(header)));
});

Deno.test("the page names every kind, and no other", () => {
  deepEqual(
    rows("## Records", /^`[0-9a-f]{4}`$/).map(([kind, name, lane]) => [kind, name, lane]),
    Object.entries(KIND).sort(([, one], [, other]) => one - other).map(([name, kind]) => [
      `\`${kind.toString(16).padStart(4, "0")}\``,
      name,
      (kind & OBSERVATION) === 0 ? "decision" : "observation",
    ]),
  );
});

Deno.test("the page names every reason, and no other", () => {
  const reasons = (where: string, list: Record<string, number>) =>
    Object.entries(list).map(([name, value]) => [where, `${value}`, name]);
  deepEqual(rows("### Reasons", /^(?!where$|---)/).map(([where, value, name]) => [where, value, name]), [
    ...reasons("sessionEnded", END),
    ...reasons("connectionClosed", CLOSED),
    ...reasons("runStopped", STOP),
  ]);
});

Deno.test("the page names every error as `z6c explain` does", () => {
  deepEqual(
    rows("### Errors", /^\d+$/),
    ERRORS.map(({ code, name, phase, cause, action }) => [`${code}`, name, phase, cause, action]),
  );
});
