import { encoded } from "./engine/slot_encoding.ts";
import type { Encoding, Plan } from "./plan.ts";
import { EXIT } from "./reduce/exit_codes.ts";
import { UserError } from "./user_error.ts";

/** The compiler keeps this much room for each. */
const SECRET_BYTES_MAX = 4096;
const ENCODINGS: readonly Encoding[] = ["none", "path", "query", "json", "header"];

/**
 * The values of a plan's secrets, from the environment. Throws `UserError` (104) that names all those that are
 * missing, may not be read, or are too long.
 */
export async function readSecrets({ secrets }: Plan): Promise<string[]> {
  const problems: string[] = [];
  const values: string[] = [];
  for (const name of secrets) {
    const { state } = await Deno.permissions.query({ name: "env", variable: name });
    const value = state === "granted" ? Deno.env.get(name) : undefined;
    if (state !== "granted") problems.push(`this executable may not read ${name}; build it again`);
    else if (value === undefined || value === "") problems.push(`${name} is not set in the environment`);
    else if (longest(value) > SECRET_BYTES_MAX) {
      problems.push(`${name} is longer than 4 KiB when it is encoded`);
    }
    values.push(value ?? "");
  }
  if (problems.length > 0) {
    throw new UserError(`the scenario's secrets cannot be read: ${problems.join("; ")}`, EXIT.badInput);
  }
  return values;
}

function longest(value: string): number {
  return Math.max(...ENCODINGS.map((encoding) => new TextEncoder().encode(encoded(value, encoding)).length));
}
