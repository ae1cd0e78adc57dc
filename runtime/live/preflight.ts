import { isAddress } from "../host/address.ts";
import { closeQuietly, Opening } from "../host/byte_socket.ts";
import { causeText, errorCode } from "../host/causes.ts";
import { LiveClock } from "../host/live_clock.ts";
import { type OpenedSocket, openSocket } from "../host/socket_opening.ts";
import type { TlsTexts } from "../host/transport.ts";
import { requestError } from "../ledger/errors.ts";
import type { Target } from "../plan.ts";
import { EXIT } from "../reduce/exit_codes.ts";
import { targetName } from "../target_name.ts";
import { UserError } from "../user_error.ts";

const PATIENCE_MS = 5_000;

/**
 * Opens one connection to the target, TLS included, and closes it, so that a test against nothing ends before it
 * begins. Sends nothing. Throws `UserError`: 104 where this executable may not reach the host, 1 where the host is not
 * there, or is not who it should be.
 */
export async function preflight(target: Target, texts: TlsTexts): Promise<void> {
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
  const clock = new LiveClock();
  const opening = new Opening(clock);
  try {
    // A target without slots for requests has WebSockets only, which are upgrades of HTTP/1.1.
    const protocol = target.slots === 0 ? "http/1.1" : target.protocol;
    await inTime(openSocket(target, texts, protocol, clock, opening));
  } catch (cause) {
    const hasNoAnswer = cause instanceof NoAnswer;
    opening.giveUp();
    const { name: error, cause: what, action } = requestError(errorCode(cause, opening.phase));
    const found = hasNoAnswer ? `it did not answer within ${PATIENCE_MS / 1000} s` : `${what} (${error})`;
    const isPlain = hasNoAnswer || opening.phase !== "tls" && isAddress(target.host);
    const words = isPlain ? "" : `: ${causeText(cause)}`;
    throw new UserError(
      `cannot reach ${name}: ${found}${words}\n     ${action}, or name another one with --base${
        target.name === "" ? "" : ` ${target.name}=URL`
      }`,
      EXIT.error,
    );
  }
}

class NoAnswer extends Error {}

async function inTime(opened: Promise<OpenedSocket | null>): Promise<void> {
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => timeout.reject(new NoAnswer()), PATIENCE_MS);
  try {
    closeQuietly((await Promise.race([opened, timeout.promise]))?.socket ?? null);
  } finally {
    clearTimeout(timer);
  }
}

function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
