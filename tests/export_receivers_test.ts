/**
 * Exports, received and checked by the programs of others: OpenTelemetry's Collector and Prometheus' promtool. Skipped
 * where they are not installed (tests/peers/install_receivers.sh).
 */
import assert from "node:assert/strict";
import { programOf } from "../bench/installed.ts";
import { exportLedgers } from "../cli/commands/export.ts";
import { reduce } from "../runtime/reduce/reduce.ts";
import { renderPrometheus } from "../runtime/report/prometheus.ts";
import { shopPlan, simulatedBytes } from "./compared_runs.ts";
import { REPORTED_RUNS } from "./exported_runs.ts";
import { start } from "./running.ts";

const collector = await programOf("otelcol");
const promtool = await programOf("promtool");
const note = (program: string | null) =>
  program === null ? " (skipped: not installed, see tests/peers/install_receivers.sh)" : "";

Deno.test({
  name: `the OpenTelemetry Collector takes metrics and traces as they were written${note(collector)}`,
  ignore: collector === null,
  async fn() {
    if (collector === null) return;
    const folder = Deno.makeTempDirSync();
    try {
      const ledger = `${folder}/run.z6log`;
      Deno.writeFileSync(
        ledger,
        await simulatedBytes(shopPlan({ seconds: 4, simulation: { errorsPpm: 50_000 } })),
      );
      await exportLedgers("otlp", [ledger], { traces: true, output: `${folder}/written.jsonl` });
      const port = freePort();
      Deno.writeTextFileSync(`${folder}/otelcol.yaml`, configuration(port, `${folder}/received.jsonl`));
      const running = start([collector, "--config", `${folder}/otelcol.yaml`], { cwd: folder });
      try {
        await running.said("Everything is ready");
        await exportLedgers("otlp", [ledger], { traces: true, send: `http://127.0.0.1:${port}` });
      } finally {
        running.signal("SIGINT");
        await running.ended;
      }
      const [written, received] = ["written", "received"].map((name) => linesOf(`${folder}/${name}.jsonl`));
      assert.ok(written.some((line) => JSON.stringify(line).includes("resourceSpans")));
      assert.deepEqual(received, written);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: `promtool finds nothing wrong with Prometheus' text${note(promtool)}`,
  ignore: promtool === null,
  async fn() {
    if (promtool === null) return;
    for (const [name, make] of Object.entries(REPORTED_RUNS)) {
      assert.deepEqual(await checked(promtool, renderPrometheus(reduce(await make()))), [0, ""], name);
    }
    const twice = await checked(promtool, "# TYPE a counter\na 1\n");
    assert.match(twice[1], /no help text/);
  },
});

async function checked(program: string, text: string): Promise<[code: number, said: string]> {
  const child = new Deno.Command(program, {
    args: ["check", "metrics"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return [code, decoder.decode(stdout) + decoder.decode(stderr)];
}

/** Listened on for a moment. */
function freePort(): number {
  using listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  return listener.addr.port;
}

function configuration(port: number, path: string): string {
  const pipeline = { receivers: ["otlp"], exporters: ["file"] };
  return JSON.stringify({
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${port}` } } } },
    exporters: { file: { path } },
    service: {
      telemetry: { metrics: { level: "none" } },
      pipelines: { metrics: pipeline, traces: pipeline },
    },
  });
}

function linesOf(path: string): unknown[] {
  return Deno.readTextFileSync(path).split("\n").filter((line) => line !== "").map((line) =>
    plain(JSON.parse(line))
  );
}

/** Without what protocol buffers have as a matter of course: nothing, 0, false, an empty list. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, one]) => [key, plain(one)] as const);
  return Object.fromEntries(
    entries.filter(([, one]) => !["", "0", 0, false].some((empty) => empty === one) && !isEmpty(one)),
  );
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
