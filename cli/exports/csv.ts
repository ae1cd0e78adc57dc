/** Comma-separated values (RFC 4180), with a line of names, `\n` behind each line, and nothing where there is no value. */
import type { Column, RowWriter, Value } from "./table.ts";

/** `print` takes the text piece by piece. */
export function csvWriter(columns: readonly Column[], print: (text: string) => void): RowWriter {
  print(columns.map(({ name }) => name).join(",") + "\n");
  return {
    row(values) {
      let line = "";
      for (let at = 0; at < values.length; at++) {
        if (at > 0) line += ",";
        line += cell(values[at]);
      }
      print(line + "\n");
    },
    end() {},
  };
}

function cell(value: Value): string {
  if (value === null) return "";
  if (typeof value !== "string") return String(value);
  return value === "" || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
