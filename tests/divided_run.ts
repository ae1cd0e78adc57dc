/** Runs in parts: a scenario whose sessions differ in all that is decided, a target that counts, and their ledgers. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { NONE, SESSION } from "../runtime/ledger/record.ts";
import type { Summary } from "../runtime/reduce/summary.ts";
import { type ReadLedger, readLedger } from "./ledger_records.ts";
import { type Ended, inFolder, runToEnd, type Surroundings, Z6C } from "./running.ts";

/** What a target was asked, path by path, and when it was asked first for `/` or below (milliseconds since 1970). */
export type CountingTarget = Readonly<{ url: string; asked(path: string): number; firstMs(): number }>;

/** Sessions in an open load of half a second, and in a closed one: as many as the table has rows. */
export const SESSIONS = 120;
export const OPEN = `model = "open"\nmax_vus = ${SESSIONS}\nstages = [{ for = "500ms", rate = "${
  2 * SESSIONS
}/s" }]`;
export const POISSON = OPEN.replace(`"open"`, `"open"\narrivals = "poisson"`);
export const ITERATIONS = `model = "closed"\nvus = 5\niterations = ${SESSIONS}`;

const ROWS = Array.from({ length: 2 * SESSIONS }, (_, row) => `{ id = "u${row}" }`).join(", ");

/** As long as nobody ends it. */
export const ENDLESS = `model = "closed"\nstages = [{ for = "60s", vus = 4 }]`;

/** Two flows, a row for each session, draws, think times, repeats; a setup whose token every request carries. */
export function dividedScenario(base: string, load: string): string {
  return `name = "divided"
[target]
base = "${base}"
[load]
${load}
[[data]]
name = "user"
pick = "${load === ENDLESS ? "shuffle" : "unique"}"
rows = [${ROWS}]
[[setup.step]]
name = "token"
post = "/token"
capture = { token = { json = "/token" } }
[[teardown.step]]
name = "bye"
post = "/bye"
body = "\${setup.token}"
[[flow]]
name = "look"
weight = 3
[[flow.step]]
name = "look"
get = "/look?user=\${user.id}&n=\${random.int(1, 1000)}&token=\${setup.token}"
repeat = "1..3"
[[flow]]
name = "buy"
[[flow.step]]
think = "1ms..20ms"
[[flow.step]]
name = "buy"
post = "/buy?token=\${setup.token}"
json = { user = "\${user.id}", order = "\${uuid}" }
`;
}

/** Lends a folder that holds `divided.toml`, and the target it speaks of. */
export function withDivided(
  load: string,
  use: (folder: string, target: CountingTarget) => Promise<void>,
): Promise<void> {
  return inFolder(async (folder) => {
    const asked = new Map<string, number>();
    let firstMs = Infinity;
    const ending = new AbortController();
    const server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", signal: ending.signal, onListen: () => {} },
      (request) => {
        const { pathname, searchParams } = new URL(request.url);
        asked.set(pathname, (asked.get(pathname) ?? 0) + 1);
        if (pathname === "/token") return Response.json({ token: "from-the-setup" });
        if (pathname === "/bye") return new Response(null, { status: 204 });
        firstMs = Math.min(firstMs, Date.now());
        return new Response(null, { status: searchParams.get("token") === "from-the-setup" ? 204 : 403 });
      },
    );
    const url = `http://127.0.0.1:${server.addr.port}`;
    await Deno.writeTextFile(join(folder, "divided.toml"), dividedScenario(url, load));
    try {
      await use(folder, { url, asked: (path) => asked.get(path) ?? 0, firstMs: () => firstMs });
    } finally {
      ending.abort();
      await server.finished;
    }
  });
}

/** `z6c run divided.toml` with these flags; its ledgers lie in `folder`/`out`. */
export function runDivided(
  folder: string,
  out: string,
  flags: readonly string[],
  env?: Surroundings["env"],
): Promise<Ended> {
  const command = [...Z6C, "run", "divided.toml", "--json", "--out", `${folder}/${out}`, ...flags];
  return runToEnd(command, { cwd: folder, ...(env === undefined ? {} : { env }) });
}

/** The paths of the ledgers in a folder, by shard. */
export function ledgersIn(folder: string): string[] {
  const index = (name: string) => Number(/-(\d+)of\d+\.z6log$/.exec(name)?.[1]);
  return [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.endsWith(".z6log"))
    .sort((one, other) => index(one) - index(other)).map((name) => join(folder, name));
}

/** The report of a run, or of several ledgers' merge, as JSON. */
export function summaryIn({ stdout, stderr }: Ended): Summary {
  assert.notEqual(stdout, "", `a report was expected; stderr says:\n${stderr}`);
  return JSON.parse(stdout);
}

/** `z6c report` over ledgers. */
export function merge(folder: string, paths: readonly string[]): Promise<Ended> {
  return runToEnd([...Z6C, "report", "--json", ...paths], { cwd: folder });
}

/** Numbers of the sessions of the load that a ledger began, ascending. */
export function sessionsIn({ records }: ReadLedger): number[] {
  return records.filter(({ name }) => name === "sessionStarted").map(({ session }) => session ?? NONE)
    .filter((session) => session < SESSION.teardown).sort((one, other) => one - other);
}

/** Those of each ledger in a folder, by path. */
export function sessionsOfEach(folder: string): number[][] {
  return ledgersIn(folder).map((path) => sessionsIn(readLedger(path)));
}
