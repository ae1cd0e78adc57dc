/** Writes what the language's schema says into docs/: `deno task docs`. A test holds the files against it. */
import { jsonSchema, type ReferenceTable, referenceTables } from "../compiler/reference.ts";

const PAGE = new URL("./language.md", import.meta.url);
const SCHEMA = new URL("./scenario.schema.json", import.meta.url);

/** The files as they should be, by path. */
export function generated(page: string): { page: string; schema: string } {
  const tables = referenceTables();
  const marks = /<!-- keys:(.+?) -->\n[\s\S]*?<!-- end -->/g;
  const names = new Set(tables.map(({ name }) => name));
  const filled = page.replace(marks, (_, name: string) => {
    const table = tables.find((it) => it.name === name);
    if (table === undefined) {
      throw new Error(`docs/language.md asks for keys of ${name}, which the language has not`);
    }
    names.delete(name);
    return `<!-- keys:${name} -->\n\n${markdown(table)}\n\n<!-- end -->`;
  });
  if (names.size > 0) {
    throw new Error(`docs/language.md has no place for the keys of ${[...names].join(", ")}`);
  }
  return { page: filled, schema: JSON.stringify(jsonSchema(), null, 2) + "\n" };
}

function markdown({ rows }: ReferenceTable): string {
  const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
  return [
    "| key | value | without it | meaning |",
    "| --- | --- | --- | --- |",
    ...rows.map(({ key, kind, usual, description }) =>
      `| \`${key}\` | ${cell(kind)} | ${cell(usual)} | ${cell(description)} |`
    ),
  ].join("\n");
}

if (import.meta.main) {
  const { page, schema } = generated(await Deno.readTextFile(PAGE));
  await Deno.writeTextFile(PAGE, page);
  await Deno.writeTextFile(SCHEMA, schema);
}
