import { ERROR } from "../ledger/errors.ts";
import type { RequestPhase } from "../engine/host.ts";

/** Which error of the closed list an exception of the system stands for, in the phase in which it came. */
export function errorCode(cause: unknown, phase: RequestPhase): number {
  const text = causeText(cause);
  if (/os error 24\b|too many open files/i.test(text)) return ERROR["resource.descriptors"];
  if (/os error (12|105)\b/.test(text)) return ERROR["resource.memory"];
  switch (phase) {
    case "dns":
      return ERROR["dns.failed"];
    case "connect":
      return connectError(cause, text);
    case "tls":
      return /certificate/i.test(text) ? ERROR["tls.certificate"] : ERROR["tls.failed"];
    case "write":
      return ERROR["write.reset"];
    case "wait":
      return ERROR["wait.reset"];
    case "receive":
      return ERROR["receive.reset"];
  }
}

function connectError(cause: unknown, text: string): number {
  if (cause instanceof Deno.errors.ConnectionRefused) return ERROR["connect.refused"];
  if (cause instanceof Deno.errors.ConnectionReset) return ERROR["connect.reset"];
  if (cause instanceof Deno.errors.TimedOut) return ERROR["connect.timeout"];
  if (cause instanceof Deno.errors.AddrNotAvailable || /os error 99\b/.test(text)) {
    return ERROR["resource.ports"];
  }
  if (/os error (101|113)\b|unreachable/i.test(text)) return ERROR["connect.unreachable"];
  if (/failed to lookup address|name or service not known/i.test(text)) return ERROR["dns.failed"];
  return ERROR["connect.failed"];
}

/** The system's own words. */
export function causeText(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
