import { equal } from "node:assert/strict";
import { REPORT_SCHEMA, reportSchema } from "./report_schema.ts";

Deno.test("docs/report.schema.json says what the types of a report say (deno task docs)", () => {
  equal(Deno.readTextFileSync(REPORT_SCHEMA), reportSchema());
});
