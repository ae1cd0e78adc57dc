import { isAddress } from "../host/address.ts";
import { causeText, errorCode } from "../host/causes.ts";
import { requestError } from "../ledger/errors.ts";
import type { Target } from "../plan.ts";
import { EXIT } from "../reduce/exit_codes.ts";
import { targetName } from "../target_name.ts";
import { UserError } from "../user_error.ts";

const PATIENCE_MS = 5_000;

/**
 * Opens one connection to the target and closes it, so that a test against nothing ends before it begins. Sends
 * nothing. Throws `UserError`: 104 where this executable may not reach the host, 1 where the host is not there.
 */
export async function preflight(target: Target): Promise<void> {
  const name = targetName(target);
  const { state } = await Deno.permissions.query({
    name: "net",
    host: `${bracketed(target.host)}:${target.port}`,
  });
  if (state !== "granted") {
    throw new UserError(
      `${name} is not among the hosts this executable may reach; build it with \`z6c build --allow-host ` +
        `${target.host}:${target.port}\``,
      EXIT.badInput,
    );
  }
  const giveUp = AbortSignal.timeout(PATIENCE_MS);
  try {
    const { host: hostname, port } = target;
    (await Deno.connect({ hostname, port, signal: giveUp })).close();
  } catch (cause) {
    const { name: error, cause: what, action } = requestError(errorCode(cause, "connect"));
    const found = giveUp.aborted ? `it did not answer within ${PATIENCE_MS / 1000} s` : `${what} (${error})`;
    const words = giveUp.aborted || isAddress(target.host) ? "" : `: ${causeText(cause)}`;
    throw new UserError(
      `cannot reach ${name}: ${found}${words}\n     ${action}, or name another one with --base${
        target.name === "" ? "" : ` ${target.name}=URL`
      }`,
      EXIT.error,
    );
  }
}

function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
