/** `z6c inspect`: what it shows of a run at three widths, as checked in (`UPDATE_GOLDEN=1` writes it anew), and as a user meets it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { BlockIndex } from "../cli/inspect/block_index.ts";
import { readAskedNumber } from "../cli/inspect/asked_number.ts";
import { EntryFold, type EntryMode } from "../cli/inspect/entries.ts";
import type { Entry } from "../cli/inspect/entry.ts";
import { filterNames } from "../cli/inspect/filter_names.ts";
import { Listing } from "../cli/inspect/listing.ts";
import { sequenceText } from "../cli/inspect/sequence_text.ts";
import { recordsOfSessions } from "../cli/inspect/session_records.ts";
import { statesText } from "../cli/inspect/states_text.ts";
import { Stepper } from "../cli/inspect/stepper.ts";
import { explainNumber } from "../cli/inspect/why.ts";
import { whyText } from "../cli/inspect/why_text.ts";
import { type DecodedRecord, decodeRecord } from "../runtime/ledger/decode.ts";
import { SESSION } from "../runtime/ledger/record.ts";
import { shopLedger } from "./inspected_run.ts";
import { REPORT_RUNS } from "./report_runs.ts";
import { inFolder, runToEnd, Z6C } from "./running.ts";

const GOLDEN = new URL("golden/inspect/", import.meta.url);
const WIDTHS = [60, 80, 200];

function golden(name: string, width: number, lines: readonly string[]): void {
  for (const line of lines) assert(line.length <= width, `${name} at ${width}: ${line}`);
  const path = new URL(`${name}.${width}.txt`, GOLDEN);
  const text = lines.join("\n") + "\n";
  if (Deno.env.get("UPDATE_GOLDEN") === "1") {
    Deno.mkdirSync(GOLDEN, { recursive: true });
    Deno.writeTextFileSync(path, text);
  }
  assert.equal(text, Deno.readTextFileSync(path), `${name} at ${width}`);
}

Deno.test("what is shown of a run is as checked in", () => {
  const { source, ledger } = shopLedger();
  const { plan } = ledger.header;
  const index = new BlockIndex(source, ledger);
  const listed = (mode: EntryMode, width: number) => {
    const listing = new Listing(plan, mode, width);
    const lines = [listing.head];
    const fold = new EntryFold(plan, mode, (entry) => lines.push(listing.line(entry)));
    ledger.scan((block) => fold.visit(block));
    fold.end();
    return lines;
  };
  const why = explainNumber(ledger, plan, readAskedNumber("p90", null, plan, filterNames(plan)));
  assert(why !== null);
  const sessions = recordsOfSessions(ledger, [0, 8, 9, SESSION.setup], 100);
  for (const width of WIDTHS) {
    golden("requests", width, listed("requests", width));
    golden("records", width, listed("records", width).slice(0, 40));
    golden("sessions", width, sessions.flatMap((one) => [...sequenceText(plan, one, width), ""]));
    golden("why", width, whyText(plan, why, "shop.z6log", width));
    const at = (tick: number) => statesText(index.statesAt(tick), { plan, tick, width, limit: 10, skip: 0 });
    golden("states", width, [500, 3_500_000, 9_300_000, 99_000_000].flatMap((tick) => [...at(tick), ""]));
    const stepper = new Stepper(index, plan, 8_000_000);
    const step = (word: string) => (stepper.doWord(word), [`> ${word}`, ...stepper.screen(width, 24), ""]);
    golden("steps", width, ["n", "n", "p", "e", ">", "E", "12.5s", "x"].flatMap(step));
  }
});

Deno.test("messages of WebSockets, streams and gRPC in a session are as checked in", () => {
  const [ledger] = REPORT_RUNS.messages();
  const { plan } = ledger.header;
  const sessions = recordsOfSessions(ledger, [0, 1, 2, 3], 60);
  for (const width of WIDTHS) {
    golden("messages", width, sessions.flatMap((one) => [...sequenceText(plan, one, width), ""]));
  }
});

Deno.test("a long session is cut, and says so", () => {
  const { ledger } = shopLedger();
  const [cut] = recordsOfSessions(ledger, [8], 3);
  assert.equal(cut.records.length, 3);
  assert.match(
    sequenceText(ledger.header.plan, cut, 80).at(-1) ?? "",
    /^… \d+ records more; --all shows them$/,
  );
  const [whole] = recordsOfSessions(ledger, [8], Infinity);
  assert.equal(whole.records.length, cut.total);
});

Deno.test("z6c inspect", async (test) => {
  await inFolder(async (folder) => {
    const { bytes, ledger } = shopLedger();
    Deno.writeFileSync(join(folder, "shop.z6log"), bytes);
    Deno.writeFileSync(join(folder, "cut.z6log"), bytes.subarray(0, bytes.length - 500));
    Deno.writeTextFileSync(join(folder, "text.z6log"), "no ledger");
    const inspect = (...args: string[]) => runToEnd([...Z6C, "inspect", ...args], { cwd: folder });
    const records: DecodedRecord[] = [];
    ledger.scan(({ words, records: count }) => {
      for (let n = 0; n < count; n++) records.push(decodeRecord(words, n));
    });

    await test.step("lists what matches, and says how much there is", async () => {
      const some = await inspect("shop.z6log", "step == pay", "--limit", "3");
      assert.equal(some.code, 0, some.stderr);
      assert.match(some.stdout, /\nthe first 3 of 12 requests; --all shows all\n$/);
      const all = await inspect("shop.z6log", "step == pay", "--all");
      assert.equal(all.stdout.split("\n").filter((line) => line.includes("buy/pay")).length, 12);
      assert.match((await inspect("shop.z6log", "status == 418")).stdout, /\nno request matches\n$/);
    });

    await test.step("prints JSON that is what the ledger says", async () => {
      const { stdout } = await inspect("shop.z6log", "outcome == unexpected", "--json");
      const found = stdout.trim().split("\n").map((line) => JSON.parse(line));
      assert.equal(found.length, 3);
      for (const it of found) {
        assert.equal(it.status, 503);
        assert.deepEqual(it.failedChecks, [0]);
        assert.equal(it.texts[0].text, "503 Service Unavailable");
        const end = records.find((one) =>
          one.lane !== "text" && one.name === "responseEnded" && one.session === it.session &&
          one.tick === it.tick
        );
        assert(end !== undefined && end.lane !== "text");
        assert.equal(it.receivedBytes, end.b);
        assert.equal(it.responseTicks, it.tick - it.dueTick);
      }
      const kinds = await inspect("shop.z6log", "kind == valueCaptured and a == 0", "--json", "--limit", "2");
      const [first] = kinds.stdout.split("\n").map((line) => line === "" ? null : JSON.parse(line));
      assert.deepEqual(first.texts, [{ kind: "valueCaptured", capture: "token", text: "token-000" }]);
    });

    await test.step("follows a session, a moment, a number", async () => {
      assert.match((await inspect("shop.z6log", "--session", "9")).stdout, /Z3501 wait\.timeout/);
      assert.match((await inspect("shop.z6log", "--session", "setup")).stdout, /^setup · flow setup/);
      const states = await inspect("shop.z6log", "--at", "9.3s", "--json");
      const doing = states.stdout.trim().split("\n").map((line) => JSON.parse(line));
      assert.deepEqual(doing.map(({ vu, session, doing }) => [vu, session, doing]), [
        [0, "8", "inFlight"],
        [1, "9", "thinking"],
      ]);
      assert.match(
        (await inspect("shop.z6log", "--why", "p90", "--step", "pay")).stdout,
        /response_time p90 of step buy\/pay/,
      );
      const json = JSON.parse((await inspect("shop.z6log", "--why", "max", "--json")).stdout);
      assert.equal(json.valueTicks, json.around.at(-1).responseTicks);
    });

    await test.step("steps by what is piped to it", async () => {
      const running = new Deno.Command(Z6C[0], {
        args: [...Z6C.slice(1), "inspect", "shop.z6log", "--step", "--at", "3s"],
        cwd: folder,
        stdin: "piped",
        stdout: "piped",
      }).spawn();
      const writer = running.stdin.getWriter();
      await writer.write(new TextEncoder().encode("n p\ne"));
      await writer.close();
      const { code, stdout } = await running.output();
      assert.equal(code, 0);
      const ticks = [...new TextDecoder().decode(stdout).matchAll(/^at (\S+)s/gm)].map(([, tick]) => tick);
      assert.deepEqual(ticks, ["3.000000", "3.000040", "3.000000", "9.652000"]);
    });

    await test.step("writes a page that loads nothing, the same each time", async () => {
      const said = await inspect("shop.z6log", "outcome != good", "--html", "a.html");
      assert.equal(said.stdout, "a.html: 4 of 4 requests\n");
      await inspect("shop.z6log", "outcome != good", "--html", "b.html");
      const page = Deno.readTextFileSync(join(folder, "a.html"));
      assert.equal(page, Deno.readTextFileSync(join(folder, "b.html")));
      assert.doesNotMatch(page, /(?:src|href)="(?!data:,)/);
      assert.match(page, /default-src &#39;none&#39;/);
      const [, data] = /id="data">([^<]*)</.exec(page) ?? [];
      const { sessions, states } = JSON.parse(data);
      assert.deepEqual(Object.keys(sessions), ["8", "9", "10", "11"]);
      assert.match(sessions["9"].join("\n"), /wait\.timeout/);
      assert.equal(Object.keys(states).length, 4);
    });

    await test.step("reads what is there of a ledger that was cut, and says so", async () => {
      const { code, stdout, stderr } = await inspect("cut.z6log");
      assert.equal(code, 0);
      assert.match(stderr, /^z6c: cut\.z6log is partial: /);
      assert.match(stdout, /buy\/log-in/);
    });

    await test.step("answers mistakes with one clear message", async () => {
      const wrong: [args: string[], message: RegExp][] = [
        [
          ["shop.z6log", "step == pya"],
          /^z6c: cannot read the filter: there is no step "pya"; did you mean pay\?\n {5}step == pya\n {5} {8}\^\^\^\n$/,
        ],
        [["none.z6log"], /^z6c: there is no ledger none\.z6log\n$/],
        [["text.z6log"], /^z6c: cannot read text\.z6log: this is no ledger/],
        [["shop.z6log", "--session", "999"], /has no session 999/],
        [["shop.z6log", "--session", "x"], /--session x is no session/],
        [["shop.z6log", "--at", "12"], /--at 12 is no time; say --at 12\.5s/],
        [["shop.z6log", "--limit", "x"], /--limit x is no number/],
        [["shop.z6log", "--why", "p999"], /is no number of a report/],
        [["shop.z6log", "--step", "pay"], /--step takes a name only with --why/],
        [["shop.z6log", "--why", "p99", "--session", "1"], /--session and --why do not go together/],
        [["shop.z6log", "status == 200", "--at", "1s"], /--at takes no filter/],
      ];
      for (const [args, message] of wrong) {
        const { code, stdout, stderr } = await inspect(...args);
        assert.equal(code, 104, `${args.join(" ")}: ${stderr}`);
        assert.equal(stdout, "");
        assert.match(stderr, message);
        assert.doesNotMatch(stderr, /^ {4}at /m);
      }
    });
  });
});

Deno.test("a listing is streamed: an entry is not what comes after it", () => {
  const { ledger } = shopLedger();
  const { plan } = ledger.header;
  let before: Entry | null = null;
  let seen = 0;
  const fold = new EntryFold(plan, "requests", (entry) => {
    assert(before === null || before === entry, "one entry for all");
    before = entry;
    seen++;
  });
  ledger.scan((block) => fold.visit(block));
  fold.end();
  assert.equal(seen, 37);
});
