/** The schema of `[[data]]`: tables whose rows sessions take. */
import { z } from "../zod/zod.ts";
import { choice, identifier, plainText } from "./fields.ts";

const cell = z.union([z.string(), z.number(), z.boolean()], { error: "a text, a number or a boolean" });

/** One `[[data]]`. */
export const dataSchema = z.strictObject({
  name: identifier.describe("Unique; `${name.column}` is a cell of the row that the session took."),
  file: plainText.optional().describe(
    "Where the rows are, relative to the scenario. Read when the scenario is compiled.",
  ),
  format: choice(["csv", "json", "jsonl"]).optional().describe(
    "`csv`: RFC 4180 with a header line. `json`: a list of tables. `jsonl`: a table a line. Without it, the ending of `file` says.",
  ),
  rows: z.array(z.record(z.string(), cell, { error: "a table, such as { id = 1 }" }), {
    error: "a list of rows, such as [{ id = 1 }, { id = 2 }]",
  }).optional().describe("The rows themselves, in place of `file`."),
  pick: choice(["sequential", "shuffle", "random", "unique"]).prefault("sequential").describe(
    "Which row a session takes. `sequential`: one after the other, then from the first again. `shuffle`: the same in an " +
      "order drawn anew for each round. `random`: any. `unique`: each row at most once, in a drawn order; there must be as " +
      "many rows as sessions.",
  ),
  types: z.record(z.string(), choice(["text", "integer", "number", "boolean"]), {
    error: 'a table, such as { age = "integer" }',
  }).prefault({}).describe(
    "What the columns hold. In `json`, a text that is one cell and nothing else becomes a number or a boolean if its " +
      "column does. Without it, columns of `rows` and of JSON hold what they show, and columns of CSV hold text.",
  ),
}, { error: 'a table; write [[data]] with name = "users" and file = "users.csv"' });
