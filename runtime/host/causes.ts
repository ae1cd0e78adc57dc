import type { RequestPhase } from "../engine/host.ts";
import { ERROR } from "../ledger/errors.ts";
import { connectErrorCode } from "./errno.ts";

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
      return tlsError(text) ?? ERROR["tls.failed"];
    case "write":
      return alertError(text) ?? ERROR["write.reset"];
    case "wait":
      return alertError(text) ?? ERROR[isUnannounced(text) ? "wait.closed" : "wait.reset"];
    case "receive":
      return ERROR[isUnannounced(text) ? "receive.closed" : "receive.reset"];
  }
}

/** What rustls says of a certificate, or was told by the target; null where that is about something else. */
export function tlsError(text: string): number | null {
  if (/certificate expired|not valid yet|\b(Expired|NotValidYet)\b/.test(text)) return ERROR["tls.expired"];
  if (/not valid for name|NotValidForName/.test(text)) return ERROR["tls.host"];
  if (/UnknownIssuer|CaUsedAsEndEntity|self.?signed/i.test(text)) return ERROR["tls.issuer"];
  if (/NoApplicationProtocol|by ALPN/.test(text)) return ERROR["tls.protocol"];
  return alertError(text) ?? (/certificate/i.test(text) ? ERROR["tls.certificate"] : null);
}

/**
 * What a target says of the client's certificate, or of the lack of one (RFC 8446 section 6.2): in TLS 1.3 it does so
 * when the handshake is over already. Up to TLS 1.2 it may say no more than that the handshake failed.
 */
function alertError(text: string): number | null {
  return CLIENT_ALERTS.test(text) ? ERROR["tls.client"] : null;
}

const CLIENT_ALERTS =
  /fatal alert: (CertificateRequired|BadCertificate|UnsupportedCertificate|CertificateRevoked|CertificateExpired|CertificateUnknown|UnknownCA|AccessDenied|HandshakeFailure)/;

/** TLS was closed without saying so: as TCP is by a FIN. */
function isUnannounced(text: string): boolean {
  return /close_notify|unexpected (eof|end of file)/i.test(text);
}

function connectError(cause: unknown, text: string): number {
  const errno = nodeErrno(cause);
  if (errno > 0) return connectErrorCode(errno);
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

/** Node's errors have the system's number below zero; 0 where there is none. */
function nodeErrno(cause: unknown): number {
  if (!(cause instanceof Error) || !("errno" in cause)) return 0;
  return -Number(cause.errno);
}

/** The system's own words. */
export function causeText(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
