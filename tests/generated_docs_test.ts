import { equal } from "node:assert/strict";
import { generated } from "../docs/generate.ts";
import { reportSchema } from "../docs/report_schema.ts";

Deno.test("docs/language.md and docs/scenario.schema.json say what the schema says (deno task docs)", () => {
  const page = Deno.readTextFileSync("docs/language.md");
  const wanted = generated(page);
  equal(page, wanted.page);
  equal(Deno.readTextFileSync("docs/scenario.schema.json"), wanted.schema);
});

Deno.test("docs/report.schema.json says what the types of a report say (deno task docs)", () => {
  equal(Deno.readTextFileSync("docs/report.schema.json"), reportSchema());
});
