import { equal } from "node:assert/strict";
import { generated } from "../docs/generate.ts";

Deno.test("docs/language.md and docs/scenario.schema.json say what the schema says (deno task docs)", () => {
  const page = Deno.readTextFileSync("docs/language.md");
  const wanted = generated(page);
  equal(page, wanted.page);
  equal(Deno.readTextFileSync("docs/scenario.schema.json"), wanted.schema);
});
