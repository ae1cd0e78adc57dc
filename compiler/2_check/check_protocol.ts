/** `protocol` and `streams` of a target: which of them go together. */
import type { Path } from "../1_parse/document.ts";
import { type Checking, report } from "./checking.ts";
import type { Base } from "./bases.ts";
import type { Connections, Target } from "./scenario.ts";

type Asked = Readonly<{ protocol: Target["protocol"]; connections: Connections; streams: number }>;

/** `target` is the path of the target. What the transport can carry is checked in `check_transport.ts`. */
export function checkProtocol(checking: Checking, target: Path, { scheme }: Base, asked: Asked): void {
  const { protocol, connections, streams } = asked;
  if (protocol === "auto" && scheme === "http") {
    const words =
      'protocol "auto" is settled in the TLS handshake, and base is of http; write "http/1.1" or "h2"';
    report(checking, "Z1419", [...target, "protocol"], words);
  }
  if (streams === 1) return;
  const path = [...target, "streams"];
  if (protocol === "http/1.1") {
    const words =
      'a connection of HTTP/1.1 carries one request at once; write protocol = "h2", or remove streams';
    report(checking, "Z1420", path, words);
  } else if (protocol === "auto") {
    const words = 'with protocol "auto" the target may choose HTTP/1.1, which carries one request at once, ' +
      'and the plan could not say how many connections there are; write protocol = "h2", or remove streams';
    report(checking, "Z1420", path, words);
  } else if (connections.kind !== "shared") {
    const words =
      `with connections "${connections.kind}" a connection carries the requests of one session, ` +
      'which come one after the other; write connections = "shared:4", or remove streams';
    report(checking, "Z1420", path, words);
  }
}
