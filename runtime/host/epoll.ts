import { CarriedNetwork } from "./carried_network.ts";
import { causeText } from "./causes.ts";
import { EpollPipes } from "./epoll_pipes.ts";
import { openLibc } from "./libc.ts";
import { Looking } from "./looking.ts";
import type { TransportModule } from "./transport.ts";

/** Cleartext by the system calls of Linux, without Deno's event loop in between. */
export const epollTransport: TransportModule = {
  name: "epoll",
  problem: machineProblem,
  open: (plan, clock, completions, _texts, looking = new Looking()) =>
    new CarriedNetwork(
      plan,
      clock,
      completions,
      (listener) => new EpollPipes(plan, clock, listener, openLibc(), looking),
    ),
};

/** Why this machine has no epoll that could be called, or null. */
function machineProblem(): string | null {
  const { os } = Deno.build;
  const way = 'write transport = "socket" in [target]';
  if (os !== "linux") return `transport epoll is made of Linux's system calls, and this is ${os}; ${way}`;
  try {
    openLibc()[Symbol.dispose]();
    return null;
  } catch (cause) {
    return `transport epoll cannot call this machine's C library (${causeText(cause)}); ${way}`;
  }
}
