/**
 * The JSON Schema of JSON reports, from the types and docstrings of `Summary`: one definition. `deno task docs` writes it to
 * docs/report.schema.json. A project of its own, for TypeScript is large and nobody else needs it.
 */
import { fileURLToPath } from "node:url";
import { createGenerator } from "ts-json-schema-generator";

/** Where the schema lies. */
export const REPORT_SCHEMA = new URL("../report.schema.json", import.meta.url);

const TYPES = new URL("../../runtime/reduce/summary.ts", import.meta.url);

/** As text that ends with a newline. Takes some seconds: TypeScript reads what the types are made of. */
export function reportSchema(): string {
  const generator = createGenerator({
    path: fileURLToPath(TYPES),
    type: "Summary",
    skipTypeCheck: true,
    // Fields may be added without a new format.
    additionalProperties: true,
    sortProps: false,
  });
  const schema = {
    title: "Report of a run of z6c, format 1",
    ...generator.createSchema("Summary"),
    $id: "report.schema.json",
  };
  return JSON.stringify(schema, null, 2) + "\n";
}

if (import.meta.main) await Deno.writeTextFile(REPORT_SCHEMA, reportSchema());
