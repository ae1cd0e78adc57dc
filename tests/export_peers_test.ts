/**
 * Exports, read by the programs of others: tests/peers/read_exports.py. Skipped where `Z6C_PYTHON`, or else `python3`, has
 * not the packages that it names.
 */
import assert from "node:assert/strict";
import { runToEnd, Z6C } from "./running.ts";

const PYTHON = Deno.env.get("Z6C_PYTHON") ?? "python3";
const PACKAGES = "duckdb, prometheus_client, opentelemetry.proto, junitparser, hdrh, jsonschema";
const EXPORTS = [
  ...["csv", "jsonl", "parquet"].flatMap((format) =>
    ["requests", "records", "seconds"].map((table) => [format, "--of", table])
  ),
  ["sqlite"],
  ["hdr"],
  ["otlp", "--traces"],
] as const;

const canRead = await (async () => {
  try {
    return (await runToEnd([PYTHON, "-c", `import ${PACKAGES}`], { cwd: "." })).code === 0;
  } catch {
    return false;
  }
})();

Deno.test("others read the same numbers from every export", { ignore: !canRead }, async () => {
  const folder = Deno.makeTempDirSync();
  try {
    const scenario = `${Deno.cwd()}/scenarios/browse-and-buy.toml`;
    const reports = "json,junit,markdown,prometheus";
    const simulated = await runToEnd(
      [...Z6C, "simulate", scenario, "--sessions", "2000", "--quiet", "--out", ".", "--report", reports],
      { cwd: folder },
    );
    assert.ok([0, 99].includes(simulated.code), simulated.stderr);
    const [ledger] = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) =>
      name.endsWith(".z6log")
    );
    for (const [format, ...options] of EXPORTS) {
      const { code, stderr } = await runToEnd([...Z6C, "export", format, ledger, ...options], {
        cwd: folder,
      });
      assert.equal(code, 0, stderr);
    }
    const stem = `${folder}/${ledger.replace(/\.z6log$/, "")}`;
    const read = await runToEnd([PYTHON, "tests/peers/read_exports.py", stem], { cwd: Deno.cwd() });
    assert.equal(read.code, 0, read.stdout + read.stderr);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
