import { createHash } from "node:crypto";
import { Conformance, type ConformanceResult, type Deviation } from "./decisions/conformance.ts";
import { DecisionDigest, type DecisionDigestResult } from "./decisions/decision_digest.ts";
import { DIGEST_SESSIONS } from "./decisions/decision_hash.ts";
import { sessionText, stepName, tickText } from "./decisions/decision_text.ts";
import { type ExpectedDecisions, expectedDecisions } from "./decisions/expected_decisions.ts";
import { openLedgerFile } from "./host/ledger_file.ts";
import type { LedgerHeader } from "./ledger/header.ts";
import { type Integrity, type OpenedLedger, openLedger } from "./ledger/reader.ts";
import type { Plan } from "./plan.ts";
import { EXIT } from "./reduce/exit_codes.ts";
import { assertOneRun, CannotMerge, missingShards } from "./reduce/shards.ts";
import { ledgerError } from "./ledger_error.ts";
import { count, counted } from "./report/format.ts";
import { UserError } from "./user_error.ts";

/** What is known of a run's decisions when all of its ledgers were read. */
type Verification = Readonly<{
  headers: readonly LedgerHeader[];
  paths: readonly string[];
  integrities: readonly Integrity[];
  conformance: ConformanceResult;
  digest: DecisionDigestResult;
  expected: ExpectedDecisions;
}>;

/**
 * Computes every decision in the ledgers of one run again, says how far they are those of its plan, and returns the
 * exit code: 99 where one differs. Throws `UserError` (104) where a ledger cannot be read or is of another run.
 */
export function verifyLedgers(paths: readonly string[]): number {
  using sources = new DisposableStack();
  const verification = verified(paths.map((path) => {
    try {
      return { path, ledger: openLedger(sources.use(openLedgerFile(path))) };
    } catch (cause) {
      throw ledgerError("verify", path, cause);
    }
  }));
  console.log(verificationText(verification));
  return isSound(verification) ? EXIT.passed : EXIT.failed;
}

type NamedLedger = Readonly<{ path: string; ledger: OpenedLedger }>;

/** Reads all ledgers, the shards in their order. Throws `UserError` where they are not of one run. */
function verified(given: readonly NamedLedger[]): Verification {
  const ledgers = [...given].sort((a, b) => a.ledger.header.shard.index - b.ledger.header.shard.index);
  checkOneRun(ledgers);
  const { plan, shard } = ledgers[0].ledger.header;
  const conformance = new Conformance(plan, shard);
  const digest = new DecisionDigest(plan);
  const integrities = ledgers.map(({ path, ledger }, at) => {
    if (at > 0) {
      conformance.nextLedger(ledger.header.shard);
      digest.nextShard();
    }
    try {
      return ledger.scan((block) => {
        conformance.visit(block);
        digest.visit(block);
      });
    } catch (cause) {
      throw ledgerError("verify", path, cause);
    }
  });
  const conforms = conformance.result();
  const planned = conforms.planned === null ? null : Math.min(conforms.planned, DIGEST_SESSIONS);
  return {
    headers: ledgers.map(({ ledger }) => ledger.header),
    paths: ledgers.map(({ path }) => path),
    integrities,
    conformance: conforms,
    digest: digest.result(planned),
    expected: expectedDecisions(plan),
  };
}

function checkOneRun(ledgers: readonly NamedLedger[]): void {
  try {
    assertOneRun(ledgers.map(({ ledger }) => ledger.header));
  } catch (cause) {
    if (!(cause instanceof CannotMerge)) throw cause;
    const [first, second] = [ledgers[cause.first], ledgers[cause.second]];
    throw new UserError(
      `${first.path} and ${second.path} ${cause.problem}; only the shards of one run can be verified together`,
      EXIT.badInput,
    );
  }
}

function isSound({ headers, integrities, conformance }: Verification): boolean {
  return conformance.first === null && headers.every(hasItsPlan) &&
    integrities.every(({ state }) => state !== "damaged");
}

/** Whether the plan in a ledger is the one of its hash. */
function hasItsPlan({ plan, plan_sha256, seed }: LedgerHeader): boolean {
  return createHash("sha256").update(JSON.stringify(plan)).digest("hex") === plan_sha256 &&
    plan.seed === seed;
}

/** What was found, for people. */
function verificationText(it: Verification): string {
  const { headers, paths, integrities, conformance, digest, expected } = it;
  const [{ plan, plan_sha256, seed, overrides }] = headers;
  const changed = overrides.length === 0 ? "" : ` (${overrides.join(" ")})`;
  return [
    `${plan.name}: plan ${plan_sha256}${changed}, seed ${seed}`,
    ...(headers.every(hasItsPlan) ? [] : ["the plan in a ledger is not the one of its hash"]),
    ...integrities.flatMap(({ problem }, at) => problem === null ? [] : [`${paths[at]}: ${problem}`]),
    ...shardLines(headers),
    coverageText(conformance),
    ...(conformance.first === null ? [] : deviationLines(plan, paths, conformance.first)),
    digestText(digest, expected),
  ].join("\n");
}

function shardLines(headers: readonly LedgerHeader[]): string[] {
  const { count: shards } = headers[0].shard;
  if (shards === 1) return [];
  const there = headers.map(({ shard }) => shard.index);
  const missing = missingShards(headers);
  const lacking = missing.length === 0 ? "" : `; missing: ${missing.join(", ")}`;
  return [`shards ${there.join(", ")} of ${shards}${lacking}`];
}

function coverageText(it: ConformanceResult): string {
  const sessions = it.planned === null
    ? `${counted(it.sessions, "session")} (how many was a matter of time)`
    : `${count(it.sessions)} of ${counted(it.planned, "planned session")}`;
  const verdict = it.first === null
    ? `all ${counted(it.decisions, "decision")} as planned`
    : `of ${counted(it.decisions, "decision")} not all as planned: ${
      counted(it.deviating, "session")
    } left the plan`;
  const rest = [
    it.dropped > 0 ? `${counted(it.dropped, "arrival")} dropped` : "",
    it.endedEarly > 0 ? `${counted(it.endedEarly, "session")} ended early` : "",
    it.unfinished > 0 ? `${counted(it.unfinished, "session")} under way at the end` : "",
  ].filter((part) => part !== "");
  return [`${sessions}, ${verdict}`, ...rest].join("; ");
}

function deviationLines(plan: Plan, paths: readonly string[], it: Deviation): string[] {
  const step = it.step === null ? "" : `, step "${stepName(plan, it.step)}"`;
  return [
    `the first decision that differs: ${sessionText(it.session)}${step}, at ${tickText(it.tick)}`,
    `  expected  ${it.expected}`,
    `  found     ${it.found}`,
    `  in        ${paths[it.ledger]}`,
  ];
}

function digestText(found: DecisionDigestResult, expected: ExpectedDecisions): string {
  const digest = `decisions ${found.sha256} (${counted(found.sessions, "session")})`;
  if (expected.kind === "unknown") return `${digest}; the plan has no digest: ${expected.reason}`;
  if (found.sha256 === expected.sha256) return `${digest}: the plan's`;
  const why = found.lacking ?? "a decision differs";
  return `${digest}: not the plan's, which is ${expected.sha256} (${
    counted(expected.sessions, "session")
  }): ${why}`;
}
