import { parseArgs } from "node:util";
import { closedLoop } from "./closed_loop.ts";
import { costs } from "./costs.ts";
import { describeMachine } from "./machine.ts";
import { memory } from "./memory.ts";
import { openLoop } from "./open_loop.ts";
import { type BenchOptions, markdown, type Table } from "./table.ts";

const TABLES: Readonly<Record<string, (options: BenchOptions) => Promise<Table>>> = {
  closed_loop: closedLoop,
  open_loop: openLoop,
  memory,
  costs,
};

const { values, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    seconds: { type: "string", default: "5" },
    rounds: { type: "string", default: "5" },
    /** Measure little, and write nothing: for tests. */
    toy: { type: "boolean", default: false },
    page: { type: "string", default: "docs/performance.md" },
  },
});

const folder = await Deno.makeTempDir({ prefix: "z6c-bench-" });
try {
  const options = values.toy
    ? { folder, seconds: 1, rounds: 1 }
    : { folder, seconds: Number(values.seconds), rounds: Number(values.rounds) };
  for (const name of positionals.length > 0 ? positionals : Object.keys(TABLES)) {
    if (!(name in TABLES)) {
      throw new Error(`there is no table ${name}; there are ${Object.keys(TABLES).join(", ")}`);
    }
    const table = await TABLES[name](options);
    const text = markdown(table);
    console.log(`\n${text}`);
    if (!values.toy) await keep(table, text);
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}

/** Puts a table into the page, between its marks, and its figures into the JSON beside it. */
async function keep({ name, values: figures, columns, rows }: Table, text: string): Promise<void> {
  const machine = await describeMachine();
  const page = await Deno.readTextFile(values.page);
  const marked = new RegExp(`(<!-- bench:${name} -->\\n)[\\s\\S]*?(\\n<!-- end -->)`);
  if (!marked.test(page)) throw new Error(`${values.page} has no place for ${name}`);
  const stamp = `Measured ${new Date().toISOString().slice(0, 10)} on ${machine}.`;
  await Deno.writeTextFile(
    values.page,
    page.replace(marked, (_, open, close) => `${open}\n${text}\n\n${stamp}\n${close}`),
  );
  const file = values.page.replace(/\.md$/, ".json");
  const before = JSON.parse(await Deno.readTextFile(file).catch(() => "{}"));
  const all = {
    ...before,
    [name]: { measured: new Date().toISOString(), machine, columns, rows, values: figures },
  };
  await Deno.writeTextFile(file, JSON.stringify(all, null, 2) + "\n");
}
