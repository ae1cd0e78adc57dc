/** What a transport cannot carry. */
import { quote } from "../diagnostic.ts";
import { originOf } from "./bases.ts";
import type { KnownTargets } from "./check_targets.ts";
import { type Checking, report, section } from "./checking.ts";
import { targetSchema } from "./schema.ts";

/** Reports each target that needs TLS where the transport has none. */
export function checkTransport(checking: Checking, targets: KnownTargets): void {
  const transport = section(checking, targetSchema.shape.transport, ["target", "transport"]);
  if (transport !== "epoll") return;
  for (const { name, base } of targets) {
    if (base?.scheme !== "https") continue;
    const path = name === "" ? ["target", "base"] : ["targets", name, "base"];
    report(
      checking,
      "Z1413",
      path,
      `transport "epoll" carries no TLS, and ${quote(originOf(base))} wants it; write transport = "socket"`,
    );
  }
}
