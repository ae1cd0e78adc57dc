/** Measures this machine by load tests: scenarios that are compiled and run as any other. */
import { join } from "node:path";
import { compile } from "../../compiler/compile.ts";
import { WHOLE } from "../../runtime/engine/shares.ts";
import { epollTransport } from "../../runtime/host/epoll.ts";
import { fetchTransport } from "../../runtime/host/fetch.ts";
import { socketTransport } from "../../runtime/host/socket.ts";
import type { TransportModule } from "../../runtime/host/transport.ts";
import { runHere } from "../../runtime/live/live_threads.ts";
import { effectivePlan } from "../../runtime/overrides.ts";
import type { Transport } from "../../runtime/plan.ts";
import { EXIT } from "../../runtime/reduce/exit_codes.ts";
import type { Summary } from "../../runtime/reduce/summary.ts";
import { summaryOf } from "../../runtime/report_command.ts";
import { UserError } from "../../runtime/user_error.ts";
import { VERSION } from "../../runtime/version.ts";
import { canonicalPlan } from "../scenario.ts";
import type { TransportFindings } from "./findings.ts";

/** In the order in which they are tried. */
export const TRANSPORTS: readonly TransportModule[] = [epollTransport, socketTransport, fetchTransport];

/** Connections as fast as they go, and arrivals a second. */
export const CONNECTIONS = 64;
export const ARRIVALS = 1_000;

/** Each stretch has so much of its time in front of it as warm-up; that of one connection is half as long. */
const WARMUP = 0.3;
const STRETCHES = 2.5;

/** What the measurement of all transports takes, in seconds. */
export function secondsInAll(seconds: number): number {
  const tried = TRANSPORTS.filter((module) => (module.problem?.() ?? null) === null).length;
  return tried * STRETCHES * seconds * (1 + WARMUP);
}

/**
 * One transport against the server at `port`; each stretch takes `seconds`. Ledgers lie in `folder`. Throws `UserError`
 * (105) once it is called off, which Ctrl-C does beside ending the run under way.
 */
export async function measureTransport(
  module: TransportModule,
  port: number,
  seconds: number,
  folder: string,
  calledOff: AbortSignal,
): Promise<TransportFindings> {
  const { name: transport } = module;
  const problem = module.problem?.() ?? null;
  if (problem !== null) return { transport, problem };
  const measured = async (name: string, load: string) =>
    await measure(
      scenarioOf({ name: `${transport}-${name}`, transport, port, load }),
      module,
      folder,
      calledOff,
    );
  const floor = await measured("floor", closed(1, seconds / 2));
  const paced = await measured("pace", open(seconds));
  const fast = await measured("rate", closed(CONNECTIONS, seconds));
  const errors = floor.requests.errors + paced.requests.errors + fast.requests.errors;
  const { lag } = paced.generator;
  if (lag === null || floor.serviceTime === null || fast.requests.perSecond === null) {
    return { transport, problem: "none of its requests was answered" };
  }
  return {
    transport,
    problem: null,
    perSecond: fast.requests.perSecond,
    lag: { p50: lag.p50, p99: lag.p99, max: lag.max },
    floorTicks: floor.serviceTime.p50,
    errors,
  };
}

function closed(users: number, seconds: number): string {
  return `model = "closed"\nstages = [${stage(`vus = ${users}`, seconds)}]`;
}

function open(seconds: number): string {
  return `model = "open"\nmax_vus = ${ARRIVALS}\nstages = [${stage(`rate = "${ARRIVALS}/s"`, seconds)}]`;
}

function stage(load: string, seconds: number): string {
  const length = (part: number) => `${Math.max(1, Math.round(seconds * part * 1_000))}ms`;
  return `{ ${load}, for = "${length(WARMUP)}", warmup = true }, { ${load}, for = "${length(1)}" }`;
}

type Stretch = Readonly<{ name: string; transport: Transport; port: number; load: string }>;

/** What is measured here is z6c itself, so that nothing makes it invalid. */
function scenarioOf({ name, transport, port, load }: Stretch): string {
  return `name = "${name}"
[target]
base = "http://127.0.0.1:${port}"
transport = "${transport}"
[load]
${load}
[[flow]]
name = "selftest"
[[flow.step]]
name = "request"
get = "/"
[validity]
lag_p99 = "any"
drops = "any"
gaps = "any"
`;
}

async function measure(
  scenario: string,
  module: TransportModule,
  folder: string,
  calledOff: AbortSignal,
): Promise<Summary> {
  assertWanted(calledOff);
  const { plan, diagnostics } = compile("selftest.toml", scenario, {
    environment: new Map(),
    version: VERSION,
    readFile: () => ({ reason: "there are no files" }),
  });
  if (plan === undefined) throw new Error(`z6c has a bug: ${diagnostics.map(({ message }) => message)}`);
  const effective = effectivePlan(canonicalPlan(plan), { base: [], seed: null, transport: null }, []);
  const path = join(folder, `${plan.name}.z6log`);
  const job = { effective, shard: WHOLE, path, secrets: [], tlsTexts: [], runsOnce: true };
  const { failure } = await runHere(job, [module], { startMs: null, quiet: true, color: false });
  if (failure !== null) throw new UserError(`the ledger of a measurement: ${failure}`, EXIT.error);
  assertWanted(calledOff);
  const summary = summaryOf([path]);
  Deno.removeSync(path);
  return summary;
}

function assertWanted(calledOff: AbortSignal): void {
  if (!calledOff.aborted) return;
  throw new UserError("interrupted; nothing is told of half a measurement", EXIT.interrupted);
}
