/** The executable's entry: the runtime's `main` with this plan, and of the transports only those it may use. */
import type { Transport } from "../../runtime/plan.ts";

export type EntryModule = Readonly<{
  /** Where the runtime's modules lie: a URL, or a path relative to the entry, without a slash at the end. */
  runtimeUrl: string;
  /** Where the plan's JSON lies, likewise. */
  planUrl: string;
  /** The transports that a run may choose from; the plan's own comes first. */
  transports: readonly Transport[];
  /** Where runs lay their files, unless they are told otherwise. */
  outFolder: string;
}>;

const TRANSPORTS: Readonly<Record<Transport, { module: string; factory: string }>> = {
  socket: { module: "host/socket.ts", factory: "socketTransport" },
  fetch: { module: "host/fetch.ts", factory: "fetchTransport" },
  epoll: { module: "host/epoll.ts", factory: "epollTransport" },
};

/** TypeScript source of the entry module. The same arguments give the same bytes. */
export function entryModule({ runtimeUrl, planUrl, transports, outFolder }: EntryModule): string {
  const used = [...new Set(transports)].map((transport) => TRANSPORTS[transport]);
  const lines = [
    `import { main } from ${JSON.stringify(`${runtimeUrl}/main.ts`)};`,
    ...used.map(({ factory, module }) =>
      `import { ${factory} } from ${JSON.stringify(`${runtimeUrl}/${module}`)};`
    ),
    `import plan from ${JSON.stringify(planUrl)} with { type: "json" };`,
    "",
    // The type of imported JSON is wider than Plan (`kind: string`), and the compiler has made sure of it already.
    `await main(plan as unknown as Parameters<typeof main>[0], [${
      used.map(({ factory }) => factory).join(", ")
    }], ${JSON.stringify(outFolder)});`,
  ];
  return lines.join("\n") + "\n";
}
