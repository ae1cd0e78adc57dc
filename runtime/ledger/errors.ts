/**
 * Everything that can go wrong with a request, as one closed list by phase. A status of 4xx or 5xx is not here:
 * it is a response, and the step's `expect` judges it. The numbers are in ledgers and never change their meaning.
 */

export type Phase =
  | "dns"
  | "connect"
  | "tls"
  | "write"
  | "wait"
  | "receive"
  | "protocol"
  | "too-large"
  | "resource"
  | "stop";

export type RequestError = Readonly<{
  /** `Z3201` as a person writes it; 3201 in the ledger. */
  code: number;
  /** `connect.refused` */
  name: string;
  phase: Phase;
  /** What happened. */
  cause: string;
  /** What to do about it. */
  action: string;
}>;

// deno-fmt-ignore
const list = [
  [3101, "dns.failed", "dns", "the target's name could not be resolved", "check the host in [target] base, and this machine's resolver"],
  [3102, "dns.timeout", "dns", "resolving the target's name took longer than the step's timeout", "use an address instead of a name, or look at this machine's resolver"],
  [3201, "connect.refused", "connect", "nothing listens at the target's address", "start the target, or mend host and port in [target] base"],
  [3202, "connect.unreachable", "connect", "no route leads to the target", "check the network between this machine and the target"],
  [3203, "connect.timeout", "connect", "the target did not accept the connection within the step's timeout", "look at the target's listen backlog and at firewalls that drop packets"],
  [3204, "connect.reset", "connect", "the target reset the connection while it was being opened", "look at the target's connection limit"],
  [3205, "connect.failed", "connect", "the connection could not be opened", "read the cause beside this error"],
  [3301, "tls.failed", "tls", "the TLS handshake failed", "check that the target speaks TLS on this port, and which versions it allows"],
  [3302, "tls.certificate", "tls", "the target's certificate was not accepted", "check the certificate's dates, names and issuer"],
  [3303, "tls.timeout", "tls", "the TLS handshake took longer than the step's timeout", "look at the target's processor: handshakes are its dearest work"],
  [3304, "tls.expired", "tls", "the target's certificate has expired, or is not valid yet", "renew the target's certificate, or look at this machine's clock"],
  [3305, "tls.host", "tls", "the target's certificate is for another name", "mend the host in [target] base, or say the name with tls = { server_name = \"…\" }"],
  [3306, "tls.issuer", "tls", "nobody this machine trusts has issued the target's certificate", "name its authority with tls = { ca = \"ca.pem\" }"],
  [3307, "tls.client", "tls", "the target did not accept the client's certificate, or wants one", "give it one with tls = { cert = \"client.pem\", key = \"client.key\" }"],
  [3308, "tls.protocol", "tls", "the target does not speak the protocol that the scenario asks for", "ask for another `protocol`, or \"auto\""],
  [3401, "write.reset", "write", "the target closed the connection while the request was being sent", "look at the target's log for this time; requests on a connection it closed while idle end like this"],
  [3402, "write.timeout", "write", "the request could not be sent within the step's timeout", "the target reads slower than the request is large"],
  [3501, "wait.timeout", "wait", "no byte of the response came within the step's timeout", "the target is slower than the timeout; raise `timeout` if that is acceptable"],
  [3502, "wait.reset", "wait", "the target reset the connection before it answered", "look at the target's log for a crash or a limit at this time"],
  [3503, "wait.closed", "wait", "the target closed the connection before it answered", "a keep-alive timeout of the target that is shorter than think times does this, and so does a crash"],
  [3601, "receive.timeout", "receive", "the response began but did not end within the step's timeout", "the body is too large or too slow for the timeout"],
  [3602, "receive.reset", "receive", "the target reset the connection in the middle of the response", "look at the target's log for a crash at this time"],
  [3603, "receive.closed", "receive", "the target closed the connection before the response was whole", "the target promised more bytes than it sent"],
  [3701, "protocol.status-line", "protocol", "the response does not begin with an HTTP/1.x status line", "check that the target speaks HTTP on this port, and not TLS"],
  [3702, "protocol.header", "protocol", "a header line of the response is malformed", "RFC 9112 section 5, or RFC 9113 section 8.2, says what a header may be"],
  [3703, "protocol.content-length", "protocol", "the response's content-length is no number, or several that differ", "RFC 9112 section 6.3: the target must send one length"],
  [3704, "protocol.transfer-encoding", "protocol", "the response's transfer-encoding is not `chunked`", "z6c asks for no other coding; the target must not send one"],
  [3705, "protocol.chunk", "protocol", "a chunk of the response is malformed", "RFC 9112 section 7.1 says what a chunk is"],
  [3706, "protocol.unexpected", "protocol", "bytes came on a connection on which no request was waiting", "the target answered twice, or sent more than its content-length"],
  [3707, "protocol.upgrade", "protocol", "the target switched protocols without being asked", "status 101 answers only an Upgrade request"],
  [3708, "protocol.other", "protocol", "the HTTP client of the `fetch` transport refused the response", "run with --transport socket for the exact cause"],
  [3711, "protocol.frame", "protocol", "a frame of HTTP/2 is malformed, or not allowed where it stands", "RFC 9113 says what a frame may be"],
  [3712, "protocol.header-block", "protocol", "a compressed header block of HTTP/2 is malformed", "RFC 7541 says what it may be"],
  [3713, "protocol.flow-control", "protocol", "the target made a flow-control window of HTTP/2 larger than it can be", "RFC 9113 section 6.9.1"],
  [3714, "protocol.event-stream", "protocol", "the response is no stream of server-sent events", "the target must answer with content-type: text/event-stream"],
  [3721, "websocket.refused", "protocol", "the target did not open the WebSocket as RFC 6455 section 4.2 asks", "look at the status and at sec-websocket-accept, and at which subprotocols and extensions were asked for"],
  [3722, "websocket.frame", "protocol", "a frame of the WebSocket is malformed", "RFC 6455 section 5 says what a frame may be"],
  [3723, "websocket.utf8", "protocol", "a text message of the WebSocket, or the reason of a close, is no UTF-8", "RFC 6455 section 8.1"],
  [3724, "websocket.closed", "wait", "the target closed the WebSocket", "its close code and reason stand beside this error"],
  [3731, "grpc.status", "protocol", "the response of gRPC ended without a status", "look at what stands between z6c and the server: trailers must come through"],
  [3732, "grpc.message", "protocol", "a message of gRPC is malformed, compressed, or not of the type that the .proto file says", "compare the .proto file with the server's"],
  [3741, "stream.reset", "receive", "the target reset the stream", "the error code beside this error says why (RFC 9113 section 7)"],
  [3742, "stream.refused", "wait", "the target refused the stream before it did anything", "lower `streams`, or look at the target's limits"],
  [3743, "stream.goaway", "wait", "the target was closing the connection, and did not answer this request any more", "look at its limit of requests for one connection"],
  [3801, "too-large.head", "too-large", "the response's head is longer than 64 KiB", "the target sends too many or too long headers"],
  [3802, "too-large.body", "too-large", "the response's body is longer than the 16 MiB that a body check can hold", "check `size` alone, or ask for less"],
  [3803, "too-large.message", "too-large", "a message is longer than the 16 MiB that can be held", "ask for less in one message"],
  [3901, "resource.ports", "resource", "this machine has no free port left for a connection", 'keep connections alive (connections = "per-vu"), or widen net.ipv4.ip_local_port_range'],
  [3902, "resource.descriptors", "resource", "this process has no free file descriptor left", "raise `ulimit -n`, or lower max_vus"],
  [3903, "resource.memory", "resource", "this machine has no memory left for a connection", "lower max_vus, or use a larger machine"],
  [3951, "stop.cancelled", "stop", "the request was still in flight when the run ended", "raise graceful_stop if such requests should be waited for"],
] as const satisfies readonly (readonly [number, string, Phase, string, string])[];

type Name = (typeof list)[number][1];

export const ERRORS: readonly RequestError[] = list.map(([code, name, phase, cause, action]) => ({
  code,
  name,
  phase,
  cause,
  action,
}));

const byCode = new Map(ERRORS.map((error) => [error.code, error]));

/** The numbers by name: `ERROR["connect.refused"]` is 3201. */
export const ERROR = Object.fromEntries(list.map(([code, name]) => [name, code])) as Record<Name, number>;

/** What an error code of a ledger means; a code of a later version is named as unknown. */
export function requestError(code: number): RequestError {
  return byCode.get(code) ?? {
    code,
    name: `unknown.${code}`,
    phase: "resource",
    cause: "this ledger was written by a later version of z6c",
    action: "read it with that version",
  };
}
