import type { Plan } from "../plan.ts";
import { EXIT } from "../reduce/exit_codes.ts";
import { UserError } from "../user_error.ts";

/** Of UTF-8, before it is encoded: for those that are sent the compiler keeps room; others are certificates and keys. */
const SENT_BYTES_MAX = 4096;
const KEPT_BYTES_MAX = 65_536;

/**
 * The values of a plan's secrets, from the environment. Throws `UserError` (104) that names all those that are
 * missing, may not be read, or are too long.
 */
export async function readSecrets(
  { secrets, requests }: Pick<Plan, "secrets" | "requests">,
): Promise<string[]> {
  const problems: string[] = [];
  const values: string[] = [];
  const sent = secretsSent(requests);
  for (const [at, name] of secrets.entries()) {
    const bytesMax = sent.has(at) ? SENT_BYTES_MAX : KEPT_BYTES_MAX;
    const { state } = await Deno.permissions.query({ name: "env", variable: name });
    const value = state === "granted" ? Deno.env.get(name) : undefined;
    if (state !== "granted") problems.push(`this executable may not read ${name}; build it again`);
    else if (value === undefined || value === "") problems.push(`${name} is not set in the environment`);
    else if (new TextEncoder().encode(value).length > bytesMax) {
      problems.push(`${name} is longer than ${bytesMax / 1024} KiB`);
    }
    values.push(value ?? "");
  }
  if (problems.length > 0) {
    throw new UserError(`the scenario's secrets cannot be read: ${problems.join("; ")}`, EXIT.badInput);
  }
  return values;
}

/** Positions of those that stand in requests. */
function secretsSent(requests: Plan["requests"]): Set<number> {
  const sent = new Set<number>();
  JSON.stringify(requests, (_, value) => {
    if (value?.slot === "secret") sent.add(value.secret);
    return value;
  });
  return sent;
}
