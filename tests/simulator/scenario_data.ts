/** A scenario as data, before it is written down: what can be made at random, and made smaller. */
export type Value = string | number | boolean | readonly Value[] | Table;
/** Undefined: the key is not there. */
export type Table = Readonly<{ [key: string]: Value | undefined }>;

/** What stands under a head of its own, `[key]` or `[[key]]`; all else stands in its line. */
const SECTIONS: ReadonlySet<string> = new Set(
  "target targets cdn again load data setup teardown flow step threshold simulation answer fault".split(" "),
);

/** The scenario as TOML. */
export function scenarioText(scenario: Table): string {
  return sections(scenario, "").join("\n") + "\n";
}

/** Lines of a table whose own head was written already; what it has sections of comes last. */
function sections(table: Table, path: string): string[] {
  const entries = entriesOf(table);
  const isSection = ([key, value]: [string, Value]) => typeof value === "object" && SECTIONS.has(key);
  const lines = entries.filter((entry) => !isSection(entry))
    .map(([key, value]) => `${keyText(key)} = ${valueText(value)}`);
  for (const [key, value] of entries.filter(isSection)) {
    const inner = path + keyText(key);
    if (isList(value)) {
      for (const item of value) lines.push("", `[[${inner}]]`, ...sections(item as Table, `${inner}.`));
    } else {
      lines.push("", `[${inner}]`, ...sections(value as Table, `${inner}.`));
    }
  }
  return lines;
}

function valueText(value: Value): string {
  if (typeof value !== "object") return JSON.stringify(value);
  if (isList(value)) return `[${value.map(valueText).join(", ")}]`;
  const entries = entriesOf(value).map(([key, one]) => `${keyText(key)} = ${valueText(one)}`);
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}

function keyText(key: string): string {
  return /^[\w-]+$/.test(key) ? key : JSON.stringify(key);
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** Those that are there. */
export function entriesOf(table: Table): [string, Value][] {
  return Object.entries(table).filter((entry): entry is [string, Value] => entry[1] !== undefined);
}
