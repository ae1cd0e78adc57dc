import type { Plan } from "../plan.ts";
import { EXIT } from "../reduce/exit_codes.ts";
import { UserError } from "../user_error.ts";

/** Of UTF-8, before it is encoded: the compiler keeps room for that much. */
const SECRET_BYTES_MAX = 4096;

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
    else if (new TextEncoder().encode(value).length > SECRET_BYTES_MAX) {
      problems.push(`${name} is longer than 4 KiB`);
    }
    values.push(value ?? "");
  }
  if (problems.length > 0) {
    throw new UserError(`the scenario's secrets cannot be read: ${problems.join("; ")}`, EXIT.badInput);
  }
  return values;
}
