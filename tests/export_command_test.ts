/** `z6c export` as a user meets it: where files go, what is sent, and what is said of mistakes. */
import assert from "node:assert/strict";
import { exportLedgers, type ExportOptions } from "../cli/commands/export.ts";
import { shopPlan, simulatedBytes } from "./compared_runs.ts";
import { runToEnd, Z6C } from "./running.ts";

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = Deno.makeTempDirSync();
  try {
    Deno.writeFileSync(`${folder}/run.z6log`, await simulatedBytes(shopPlan({ seconds: 1 })));
    await use(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

const filesOf = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

const MISTAKES: readonly (readonly [string, string, ExportOptions, RegExp])[] = [
  [
    "a format there is not",
    "xml",
    {},
    /there is no export "xml"; there are csv, jsonl, .*reports: z6c report/,
  ],
  [
    "a report",
    "junit",
    {},
    /junit and markdown|markdown and prometheus are reports: z6c report --report LIST/,
  ],
  [
    "a table there is not",
    "csv",
    { of: "errors" },
    /there is no table "errors"; there are requests, records, seconds/,
  ],
  ["a table of SQLite", "sqlite", { of: "records" }, /--of is for csv, jsonl and parquet, not for sqlite/],
  ["SQLite to a pipe", "sqlite", { output: "-" }, /sqlite cannot be printed; name a file with -o/],
  ["Parquet to a pipe", "parquet", { output: "-" }, /parquet cannot be printed/],
  ["to send CSV", "csv", { send: "http://127.0.0.1:1" }, /are for otlp, not for csv/],
  ["traces of HdrHistogram", "hdr", { traces: true }, /are for otlp, not for hdr/],
  [
    "a receiver without scheme",
    "otlp",
    { send: "127.0.0.1:4318" },
    /--send 127\.0\.0\.1:4318 is no address of HTTP/,
  ],
  ["a header that is none", "otlp", { send: "http://127.0.0.1:1", header: ["x"] }, /--header x is none/],
  ["a header for nobody", "otlp", { header: ["a: b"] }, /--header goes with --send/],
  ["to send and print", "otlp", { send: "http://127.0.0.1:1", output: "-" }, /do not go together/],
  [
    "a folder that is not there",
    "csv",
    { output: "/nowhere/run.csv" },
    /cannot write to \/nowhere\/run\.csv/,
  ],
  [
    "a database in no folder",
    "sqlite",
    { output: "/nowhere/runs.sqlite" },
    /cannot write to \/nowhere\/runs\.sqlite/,
  ],
  [
    "nobody at the receiver",
    "otlp",
    { send: "http://127.0.0.1:1" },
    /cannot send to http:\/\/127\.0\.0\.1:1\/v1\/metrics/,
  ],
];

for (const [what, format, options, message] of MISTAKES) {
  Deno.test(`${what}: one clear line, and no file is left behind`, async () => {
    await inFolder(async (folder) => {
      await assert.rejects(exportLedgers(format, [`${folder}/run.z6log`], options), {
        name: "UserError",
        message,
      });
      assert.deepEqual(filesOf(folder), ["run.z6log"]);
    });
  });
}

Deno.test("files lie beside the ledger, and standard output holds what a file would", async () => {
  await inFolder(async (folder) => {
    const exported = async (...args: string[]) => {
      const ended = await runToEnd([...Z6C, "export", ...args], { cwd: folder });
      assert.deepEqual([ended.code, ended.stderr], [0, ""]);
      return ended.stdout;
    };
    assert.equal(await exported("csv", "run.z6log", "--of", "seconds"), "run.seconds.csv\n");
    const printed = await exported("csv", "run.z6log", "--of", "seconds", "-o", "-");
    assert.equal(printed, Deno.readTextFileSync(`${folder}/run.seconds.csv`));
    assert.equal(await exported("hdr", "run.z6log", "-o", "times.hlog"), "times.hlog\n");
    assert.deepEqual(filesOf(folder), ["run.seconds.csv", "run.z6log", "times.hlog"]);
    const reported = await runToEnd(
      [...Z6C, "report", "run.z6log", "--report", "junit,markdown,prometheus"],
      { cwd: folder },
    );
    assert.equal(reported.code, 0, reported.stderr);
    for (const name of ["run.junit.xml", "run.md", "run.prom"]) {
      assert.ok(filesOf(folder).includes(name), name);
    }
  });
});

Deno.test("who reads standard output may leave before its end", async () => {
  await inFolder(async (folder) => {
    const command = Z6C.map((word) => `'${word}'`).join(" ");
    const piped = await runToEnd(
      ["bash", "-c", `set -o pipefail; ${command} export csv run.z6log --of records -o - | head -n 1`],
      { cwd: folder },
    );
    assert.deepEqual([piped.code, piped.stderr], [0, ""]);
    assert.ok(piped.stdout.startsWith("shard,position,tick"));
  });
});

Deno.test("what is exported of a ledger that is cut is what can be proven", async () => {
  await inFolder(async (folder) => {
    const bytes = Deno.readFileSync(`${folder}/run.z6log`);
    Deno.writeFileSync(`${folder}/cut.z6log`, bytes.subarray(0, bytes.length - 500));
    const ended = await runToEnd([...Z6C, "export", "csv", "cut.z6log"], { cwd: folder });
    assert.equal(ended.code, 0);
    assert.match(ended.stderr, /^z6c: what is exported is (?:partial|damaged): .+\n$/);
    assert.ok(filesOf(folder).includes("cut.requests.csv"));
  });
});

Deno.test("what is sent is what is written, and a receiver that is busy is asked again", async () => {
  const received: { path: string; body: string; key: string | null }[] = [];
  let asked = 0;
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const body = await request.text();
    if (asked++ === 0) return new Response("busy", { status: 503, headers: { "retry-after": "0" } });
    const path = new URL(request.url).pathname;
    received.push({ path, body, key: request.headers.get("x-key") });
    return Response.json({});
  });
  try {
    await inFolder(async (folder) => {
      const send = `http://127.0.0.1:${server.addr.port}/`;
      const options = { send, header: ["x-key: k"], traces: true };
      assert.equal(await exportLedgers("otlp", [`${folder}/run.z6log`], options), 0);
      assert.deepEqual(filesOf(folder), ["run.z6log"]);
      await exportLedgers("otlp", [`${folder}/run.z6log`], { traces: true });
      const written = Deno.readTextFileSync(`${folder}/run.otlp.jsonl`);
      assert.equal(received.map(({ body }) => body + "\n").join(""), written);
      assert.ok(received.every(({ key }) => key === "k"));
      const paths = received.map(({ path }) => path);
      assert.deepEqual([...new Set(paths)], ["/v1/metrics", "/v1/traces"]);
      assert.deepEqual(paths, paths.toSorted());
    });
  } finally {
    await server.shutdown();
  }
});

Deno.test("a receiver that takes a part only is told of", async () => {
  const answer = { partialSuccess: { rejectedDataPoints: "3", errorMessage: "no summaries here" } };
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, () => Response.json(answer));
  try {
    await inFolder(async (folder) => {
      const send = `http://127.0.0.1:${server.addr.port}`;
      await assert.rejects(
        exportLedgers("otlp", [`${folder}/run.z6log`], { send }),
        /rejected 3: no summaries here/,
      );
    });
  } finally {
    await server.shutdown();
  }
});
