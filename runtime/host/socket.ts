import { CarriedNetwork } from "./carried_network.ts";
import { Looking } from "./looking.ts";
import { SocketPipes } from "./socket_pipes.ts";
import type { TransportModule } from "./transport.ts";

/** Deno's own sockets and TLS, with our own codecs. The default. */
export const socketTransport: TransportModule = {
  name: "socket",
  open: (plan, clock, completions, texts = [], looking = new Looking()) =>
    new CarriedNetwork(
      plan,
      clock,
      completions,
      (listener) => new SocketPipes(plan, clock, completions, listener, texts, looking),
    ),
};
