import { equal } from "node:assert/strict";
import type { RequestPhase } from "../engine/host.ts";
import { requestError } from "../ledger/errors.ts";
import { errorCode } from "./causes.ts";

const CASES: [phase: RequestPhase, words: string, error: string][] = [
  ["tls", "invalid peer certificate: Expired", "tls.expired"],
  [
    "tls",
    "invalid peer certificate: certificate expired: verification time 2 (UNIX), but certificate is not valid after 1 (1 seconds ago)",
    "tls.expired",
  ],
  [
    "tls",
    "invalid peer certificate: certificate not valid yet: verification time 1 (UNIX), but certificate is not valid before 2 (1 seconds in future)",
    "tls.expired",
  ],
  [
    "tls",
    'invalid peer certificate: certificate not valid for name "a.test"; certificate is only valid for DnsName("b.test")',
    "tls.host",
  ],
  ["tls", "invalid peer certificate: NotValidForName", "tls.host"],
  ["tls", "invalid peer certificate: UnknownIssuer", "tls.issuer"],
  ["tls", "invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))", "tls.issuer"],
  ["tls", "invalid peer certificate: BadSignature", "tls.certificate"],
  ["tls", "received fatal alert: CertificateRequired", "tls.client"],
  ["tls", "received fatal alert: HandshakeFailure", "tls.client"],
  ["wait", "received fatal alert: CertificateRequired", "tls.client"],
  ["write", "received fatal alert: UnknownCA", "tls.client"],
  ["tls", "received fatal alert: NoApplicationProtocol", "tls.protocol"],
  ["tls", "the target agreed on no protocol by ALPN", "tls.protocol"],
  ["tls", "received fatal alert: ProtocolVersion", "tls.failed"],
  ["tls", "received corrupt message of type InvalidContentType", "tls.failed"],
  ["tls", "Connection reset by peer (os error 104)", "tls.failed"],
  ["wait", "peer closed connection without sending TLS close_notify: https://docs.rs/rustls", "wait.closed"],
  ["receive", "unexpected end of file", "receive.closed"],
  ["wait", "Connection reset by peer (os error 104)", "wait.reset"],
  ["receive", "Connection reset by peer (os error 104)", "receive.reset"],
  ["connect", "Too many open files (os error 24)", "resource.descriptors"],
];

Deno.test("what the system says, and in which phase, is an error of the list", () => {
  for (const [phase, words, error] of CASES) {
    equal(requestError(errorCode(new Error(words), phase)).name, error, `${phase}: ${words}`);
  }
});

Deno.test("Node's errors of a connection are those of the system", () => {
  const refused = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:1"), { errno: -111 });
  equal(requestError(errorCode(refused, "connect")).name, "connect.refused");
});
