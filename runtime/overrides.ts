import { createHash } from "node:crypto";
import type { RunOptions } from "./command_line.ts";
import type { Plan, Target, Tls, Transport } from "./plan.ts";
import { EXIT } from "./reduce/exit_codes.ts";
import { targetName } from "./target_name.ts";
import { UserError } from "./user_error.ts";

/** A plan as it is really run. */
export type EffectivePlan = Readonly<{
  plan: Plan;
  /** The plan as canonical JSON. */
  json: string;
  /** SHA-256 of `json`, in hexadecimal. */
  sha256: string;
  /** The flags that changed it, as they could be typed again. */
  overrides: readonly string[];
}>;

/** Changes the plan as the flags say. `transports`: those at hand. Throws `UserError` (104). */
export function effectivePlan(
  built: Plan,
  { base, seed, transport }: Pick<RunOptions, "base" | "seed" | "transport">,
  transports: readonly string[],
): EffectivePlan {
  const overrides: string[] = [];
  let plan = built;
  for (const one of base) {
    plan = { ...plan, targets: withBase(plan.targets, one) };
    overrides.push(`--base ${one}`);
  }
  if (seed !== null) {
    plan = { ...plan, seed: readSeed(seed) };
    overrides.push(`--seed ${seed}`);
  }
  if (transport !== null) {
    const name = transports.find((it) => it === transport);
    if (name === undefined) {
      throw new UserError(
        `there is no transport "${transport}" here; there is ${transports.join(" and ")}`,
        EXIT.badInput,
      );
    }
    plan = { ...plan, transport: name as Transport };
    overrides.push(`--transport ${transport}`);
  }
  assertCarried(plan);
  const json = planJson(plan);
  return { plan, json, sha256: createHash("sha256").update(json).digest("hex"), overrides };
}

/**
 * The canonical form (RFC 8785) of a plan whose keys are in canonical order already, as those of an emitted plan
 * are: a changed value keeps its key's place, and ECMAScript's JSON is the canonical form otherwise.
 */
function planJson(plan: Plan): string {
  return JSON.stringify(plan);
}

/** What the compiler refuses in a scenario must not come in by flags. Throws `UserError` (104). */
function assertCarried({ transport, targets, requests }: Plan): void {
  const lack = transport === "epoll"
    ? lackOfEpoll(targets)
    : transport === "fetch"
    ? lackOfFetch(targets, requests)
    : null;
  if (lack === null) return;
  throw new UserError(`transport ${transport} ${lack}; use --transport socket`, EXIT.badInput);
}

function lackOfEpoll(targets: readonly Target[]): string | null {
  const secure = targets.find(({ scheme }) => scheme === "https");
  return secure === undefined ? null : `carries no TLS, and ${targetName(secure)} wants it`;
}

function lackOfFetch(targets: readonly Target[], requests: Plan["requests"]): string | null {
  for (const target of targets) {
    const { scheme, protocol, tls } = target;
    if (scheme === "http" && protocol === "h2") {
      return `speaks HTTP/2 over TLS only, and ${targetName(target)} is of http`;
    }
    if (tls !== null && tls.serverName !== "") return "knows no server_name";
    if (tls?.insecure === true) return "checks every certificate, and the plan wants none checked";
  }
  if (requests.some(({ kind }) => kind === "webSocket")) return "opens no WebSockets";
  if (requests.some(({ grpc }) => grpc !== null)) return "calls no methods of gRPC";
  if (requests.some(({ stream }) => stream?.kind === "events")) return "reads no server-sent events";
  return null;
}

/** `URL` moves the first target, `NAME=URL` the one of that name. */
function withBase(targets: readonly Target[], base: string): readonly Target[] {
  const [, name = "", url = base] = /^([^=:/]+)=(.*)$/.exec(base) ?? [];
  const moved = targets.findIndex((target) => target.name === name);
  if (moved < 0) {
    const names = targets.flatMap((target) => target.name === "" ? [] : [`"${target.name}"`]);
    const found = names.length === 0
      ? "the plan has one target without a name"
      : `there is ${names.join(" and ")}`;
    throw new UserError(`--base: there is no target "${name}"; ${found}`, EXIT.badInput);
  }
  const to = readBase(url);
  return targets.map((target, at) =>
    at === moved ? { ...target, ...to, tls: to.scheme === "http" ? null : target.tls ?? PLAIN_TLS } : target
  );
}

/** Its names in canonical order. */
const PLAIN_TLS: Tls = { ca: null, cert: null, insecure: false, key: null, serverName: "" };

function readBase(base: string): Pick<Target, "scheme" | "host" | "port"> {
  const url = URL.canParse(base) ? new URL(base) : null;
  const scheme = url?.protocol.slice(0, -1);
  if (
    url === null || (scheme !== "http" && scheme !== "https") || url.pathname !== "/" || url.search !== ""
  ) {
    const wanted = "--base wants scheme, host and port only, such as http://127.0.0.1:8080";
    throw new UserError(`${wanted}; found "${base}"`, EXIT.badInput);
  }
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return { scheme, host, port: url.port === "" ? (scheme === "https" ? 443 : 80) : Number(url.port) };
}

function readSeed(text: string): number {
  const seed = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(seed)) {
    throw new UserError(
      `--seed wants a whole number from 0 to 9007199254740991; found "${text}"`,
      EXIT.badInput,
    );
  }
  return seed;
}
