/** A JSON object a line; every column is in each of them. */
import type { Column, RowWriter } from "./table.ts";

/** `print` takes the text piece by piece. */
export function jsonLinesWriter(columns: readonly Column[], print: (text: string) => void): RowWriter {
  const keys = columns.map(({ name }, at) => `${at === 0 ? "{" : ","}${JSON.stringify(name)}:`);
  return {
    row(values) {
      let line = "";
      for (let at = 0; at < values.length; at++) {
        const value = values[at];
        line += keys[at] + (typeof value === "string" ? JSON.stringify(value) : String(value));
      }
      print(line + "}\n");
    },
    end() {},
  };
}
