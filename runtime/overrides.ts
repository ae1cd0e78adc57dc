import { createHash } from "node:crypto";
import type { RunOptions } from "./command_line.ts";
import type { Plan, Target } from "./plan.ts";
import { EXIT } from "./reduce/exit_codes.ts";
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
  if (base !== null) {
    plan = { ...plan, target: { ...plan.target, ...readBase(base) } };
    overrides.push(`--base ${base}`);
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
    plan = { ...plan, target: { ...plan.target, transport: name as Target["transport"] } };
    overrides.push(`--transport ${transport}`);
  }
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
