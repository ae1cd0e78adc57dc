/** A world that is late, as live ones are: its clock goes on while it is read, and turns come when they come. */
import { createHash } from "node:crypto";
import fc from "fast-check";
import type { Phase } from "../runtime/engine/engine.ts";
import type { Completions, Host, Network, Processor } from "../runtime/engine/host.ts";
import type { Shard } from "../runtime/engine/shares.ts";
import { SimulatedNetwork } from "../runtime/host/simulation/simulated_network.ts";
import type { Opening, Reply, SimulatedTarget } from "../runtime/host/simulation/simulated_target.ts";
import { ERROR } from "../runtime/ledger/errors.ts";
import { MemorySink } from "../runtime/ledger/memory_sink.ts";
import { MESSAGE } from "../runtime/ledger/record.ts";
import { LedgerWriter } from "../runtime/ledger/writer.ts";
import type { Plan, Request, Tick } from "../runtime/plan.ts";
import { PlanRun } from "../runtime/run.ts";
import { randomNumbers } from "./random_run.ts";

type Random = (limit: number) => number;

/** How a run goes that is none of its plan's doing. */
export type Mood = Readonly<{
  seed: number;
  /** When somebody presses Ctrl-C. */
  interrupts: readonly Readonly<{ phase: Phase; tick: Tick }>[];
  /** The part of the run; one that does not set up is handed what was captured. */
  shard: Shard;
  runsOnce: boolean;
}>;

/**
 * Runs a plan in a late world, at a moody target. Its ledger. A run that goes on and on is no case of a property: users of
 * a closed load whose sessions have no request come back at every tick.
 */
export async function lateRun(plan: Plan, { seed, interrupts, shard, runsOnce }: Mood): Promise<Uint8Array> {
  const random = randomNumbers(seed);
  const sink = new MemorySink();
  const ledger = new LedgerWriter(sink, JSON.stringify(headerOf(plan, shard)), {
    blockRecords: 19 + random(90),
  });
  const left = [...interrupts];
  const run: PlanRun = new PlanRun(
    {
      newHost: (phase) =>
        new LateHost(plan, random, (now) => {
          const at = left.findIndex((it) => it.phase === phase && it.tick <= now);
          if (at < 0) return;
          left.splice(at, 1);
          run.interrupt();
        }),
    },
    plan,
    ledger,
    {
      secrets: plan.secrets.map(() => "geheim-lang"),
      shard,
      ...(runsOnce
        ? {}
        : { phases: ["load"], handed: plan.captures.map((_, n) => n === 1 ? "handed" : null) }),
    },
  );
  try {
    await run.go();
  } catch (cause) {
    fc.pre(!(cause instanceof TooLong));
    throw cause;
  }
  ledger.finish();
  return sink.bytes().slice();
}

class LateHost implements Host {
  readonly clock: LateClock;
  readonly processor: Processor;
  readonly #plan: Plan;
  readonly #random: Random;
  readonly #polled: (now: Tick) => void;

  constructor(plan: Plan, random: Random, polled: (now: Tick) => void) {
    this.clock = new LateClock(random);
    this.processor = { usedTicks: () => random(1_000_000) };
    this.#plan = plan;
    this.#random = random;
    this.#polled = polled;
  }

  openNetwork(completions: Completions): Network {
    const { connections } = this.#plan.bounds;
    const target = new MoodyTarget(this.#plan, this.#random);
    const network = new SimulatedNetwork(this.clock, completions, connections, target, this.#plan);
    const poll = network.poll.bind(network);
    network.poll = (until) => {
      for (let left = this.#random(4); left >= 0; left--) poll(left === 0 ? until : this.clock.latest);
      this.#polled(this.clock.latest);
    };
    return network;
  }
}

/** Most runs read their clock some thousand times. */
const READINGS_MOST = 200_000;

class TooLong extends Error {}

class LateClock {
  latest: Tick = 0;
  #readings = 0;
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  now(): Tick {
    if (++this.#readings > READINGS_MOST) throw new TooLong();
    return this.latest += this.#random(4);
  }

  wallClockMs(): number {
    return Math.floor(this.latest / 1000);
  }

  advanceTo(tick: Tick): void {
    if (tick <= this.latest) return;
    this.latest = tick + this.#random(this.#random(40) === 0 ? 30_000 : 200);
  }
}

/** Everything that can go well or wrong. */
class MoodyTarget implements SimulatedTarget {
  readonly #plan: Plan;
  readonly #random: Random;

  constructor(plan: Plan, random: Random) {
    this.#plan = plan;
    this.#random = random;
  }

  open(request: number): Opening {
    const { kind, target } = this.#plan.requests[request];
    const { scheme, protocol } = this.#plan.targets[target];
    const tlsTicks = scheme === "https" ? this.#random(100) : null;
    const isHttp2 = protocol === "h2" && kind === "http";
    const refused = this.#random(30) === 0 ? "nobody is there" : "";
    return { afterTicks: (tlsTicks ?? 0) + this.#random(400), refused, tlsTicks, isHttp2 };
  }

  answer(id: number): Reply {
    const random = this.#random;
    const request = this.#plan.requests[id];
    const afterTicks = random(random(5) === 0 ? 5_000 : 900);
    if (request.kind === "send") return this.#take(afterTicks);
    const chance = random(100);
    if (chance < 4) return { kind: "silence" };
    if (chance < 9) {
      return { kind: "error", afterTicks, error: ERROR["wait.reset"], cause: "geheim-lang reset it" };
    }
    if (request.kind === "http" && request.stream === null) return this.#respond(afterTicks, chance);
    if (request.kind === "webSocket") {
      const status = chance < 20 ? 403 : 101;
      return { ...this.#respond(afterTicks, chance), status, close: false };
    }
    const isOfHttp = request.kind === "http";
    if (chance < 20 && !isOfHttp) return { kind: "closes", afterTicks, code: 1011, cause: "geheim-lang" };
    return this.#say(request, afterTicks);
  }

  /** What a message that was sent leads to: nothing, or the end. */
  #take(afterTicks: Tick): Reply {
    const chance = this.#random(12);
    if (chance === 0) return { kind: "closes", afterTicks, code: 1001, cause: "enough" };
    if (chance === 1) {
      return { kind: "error", afterTicks, error: ERROR["wait.reset"], cause: "geheim-lang reset it" };
    }
    return { kind: "silence" };
  }

  #say({ kind: asked, stream }: Request, afterTicks: Tick): Reply {
    const random = this.#random;
    const kind = saidIn(asked);
    const payload = new TextEncoder().encode(`you are session ${random(9)}`);
    const count = kind === MESSAGE.pong || kind === MESSAGE.close ? 1 : 1 + random(3);
    return {
      kind: "messages",
      afterTicks,
      everyTicks: random(400),
      overTicks: random(200),
      count,
      message: () => ({ kind, payload, event: random(2) === 0 ? "done" : "", bytes: payload.length + 20 }),
      head: stream?.kind === "events"
        ? new TextEncoder().encode("HTTP/1.1 200 OK\r\n\r\n")
        : new Uint8Array(0),
      status: asked === "http" ? 200 : asked === "close" ? 1000 + random(2) : 0,
      cutBehind: random(8) === 0 ? 0 : -1,
    };
  }

  #respond(afterTicks: Tick, chance: number): Reply & { kind: "decoded" } {
    const random = this.#random;
    const status = chance < 16 ? 500 : chance < 30 ? 302 : 200;
    const value = "wörd ".repeat(random(random(10) === 0 ? 200 : 4));
    const head = `HTTP/1.1 ${status}\r\nset-cookie: s=${
      random(99_999)
    }; Path=/\r\nlocation: /${value.length}\r\n\r\n`;
    const body = chance < 80 ? `you are session ${random(1000)}, ${value}` : "who are you, geheim-lang?";
    return {
      kind: "decoded",
      afterTicks,
      status,
      bytes: 100 + random(900),
      body: new TextEncoder().encode(body),
      head: new TextEncoder().encode(head),
      close: chance > 90,
    };
  }
}

function saidIn(asked: Request["kind"]): number {
  switch (asked) {
    case "receive":
      return MESSAGE.text;
    case "ping":
      return MESSAGE.pong;
    case "close":
      return MESSAGE.close;
    default:
      return MESSAGE.event;
  }
}

function headerOf(plan: Plan, { index, count }: Shard) {
  return {
    deno: "2.7.11",
    format: 1,
    host: { arch: "x86_64", cores: 2, kernel: "6", memory_bytes: 0, os: "linux" },
    overrides: [],
    plan,
    plan_sha256: createHash("sha256").update(JSON.stringify(plan)).digest("hex"),
    seed: plan.seed,
    shard: { count, index },
    started: "2026-01-01T00:00:00.000Z",
    tick_ns: 1000,
    z6c: "0.1.0",
  };
}
