/** A server that answers when it is told to: what is in flight at a moment of a run is then no matter of luck. */

export type HeldServer = Readonly<{
  port: number;
  /** Requests that wait for their answer. */
  waiting(): number;
  /** Answers all that wait, and from now on everything at once. */
  release(): void;
  stop(): Promise<void>;
}>;

/** Holds every request back until released. */
export function startHeldServer(): HeldServer {
  let held: Set<() => void> | null = new Set();
  const answer = (request: Request): Response | Promise<Response> => {
    if (held === null) return new Response("released\n");
    const waiting = held;
    return new Promise((resolve) => {
      const go = () => resolve(new Response("held\n"));
      waiting.add(go);
      request.signal.addEventListener("abort", () => waiting.delete(go));
    });
  };
  const ending = new AbortController();
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", signal: ending.signal, onListen: () => {} },
    answer,
  );
  const release = () => {
    for (const go of held ?? []) go();
    held = null;
  };
  return {
    port: server.addr.port,
    waiting: () => held?.size ?? 0,
    release,
    async stop() {
      release();
      ending.abort();
      await server.finished;
    },
  };
}
