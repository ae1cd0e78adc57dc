import { match } from "node:assert/strict";
import { hasNginx } from "./nginx.ts";

/** Every table at toy size, so that none of them rots. */
function tool(name: string): boolean {
  try {
    return new Deno.Command(name, { args: ["-v"], stdout: "null", stderr: "null" }).outputSync().code >= 0;
  } catch {
    console.log(`the benchmarks are skipped: there is no ${name}`);
    return false;
  }
}

const ignore = !hasNginx() || !tool("wrk") || !tool("taskset");

Deno.test({ name: "every benchmark runs, at toy size, and prints its table", ignore }, async () => {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "bench/main.ts", "--toy"],
  });
  const { code, stdout, stderr } = await command.output();
  const text = new TextDecoder().decode(stdout);
  if (code !== 0) throw new Error(text + new TextDecoder().decode(stderr));
  for (
    const row of [
      /^\| wrk \| [\d,]+ \| 1\.00 \|/m,
      /^\| z6c socket \| [\d,]+ \| \d\.\d\d \|/m,
      /^\| z6c fetch \|/m,
    ]
  ) {
    match(text, row);
  }
  match(text, /^\| 5,000\/s \| \d+\.\d+% \| .*s \|/m);
  match(text, /^\| ledger append, to memory \| \d+ ns \|/m);
  match(text, /^\| 100 \| [\d.]+MiB \|/m);
});
