import { statfsSync } from "node:fs";
import { leastShareOf, type Shard, WHOLE } from "./engine/shares.ts";
import type { Plan, Target } from "./plan.ts";
import { bytes, count } from "./report/format.ts";

/** What a run of this plan takes of the machine at most. */
export type Needs = Readonly<{
  memoryBytes: number;
  descriptors: number;
  /** Ports in use at once towards one address. */
  ports: number;
  /** 0 where nobody can know. */
  ledgerBytes: number;
}>;

/** What was measured (docs/performance.md), rounded up: the runtime itself, a VU's columns, a connection with its buffers. */
const RUNTIME_BYTES = 110 * 2 ** 20;
const VU_BYTES = 256;
const CONNECTION_BYTES = 20 * 2 ** 10;

/** What a session may keep of cookies. */
const JAR_BYTES = 8 * 2 ** 10;

/** Standard streams, the ledger, Deno's own. */
const OTHER_DESCRIPTORS = 32;

/** Ephemeral ports of a usual Linux: 32768 … 60999. */
const USUAL_PORTS = 28_232;

/** What the kernel keeps a port for after its connection was closed from this side, in seconds. */
const TIME_WAIT_SECONDS = 60;

/** What one more worker takes: a runtime of its own, and the plan once more. */
const WORKER_BYTES = 24 * 2 ** 20;

/** The plan's bounds in the machine's terms. `shards`: those that are run here, each by a worker where there are several. */
export function needsOf(plan: Plan, shards: readonly Shard[] = [WHOLE]): Needs {
  const { bounds, captures, tables, targets } = plan;
  const here = (things: number) => shards.reduce((sum, shard) => sum + leastShareOf(things, shard), 0);
  const workers = shards.length === 1 ? 0 : shards.length;
  // What the setup captured, all sessions share; targets of one host share their cookies.
  const own = captures.filter((name) => !name.startsWith("setup/"));
  const jars = new Set(targets.filter(({ cookies }) => cookies).map(({ host }) => host));
  const remembered = own.length * bounds.captureBytes + jars.size * JAR_BYTES;
  // Cells are kept as one text and as one text each.
  const cells = tables.reduce((sum, table) => sum + table.cells.length, 0);
  return {
    memoryBytes: RUNTIME_BYTES + workers * (WORKER_BYTES + 3 * cells) + 2 * cells +
      here(bounds.vus) * (VU_BYTES + bounds.requestBytes + remembered) +
      here(connectionsOf(plan)) * CONNECTION_BYTES,
    descriptors: here(connectionsOf(plan)) + OTHER_DESCRIPTORS,
    ports: Math.max(...[...connectionsByAddress(plan).values()].map(here)),
    ledgerBytes: bounds.ledgerBytes === 0 ? 0 : here(bounds.ledgerBytes),
  };
}

/** The most that can be open at once. */
export function connectionsOf(plan: Plan): number {
  return plan.targets.reduce((sum, target) => sum + connectionsTo(plan, target), 0);
}

/** Those of its requests, several of which may share one, and one for the WebSocket of each VU. */
function connectionsTo({ bounds }: Plan, { slots, streams, firstWebSocketSlot }: Target): number {
  return slots / streams + (firstWebSocketSlot < 0 ? 0 : bounds.vus);
}

/** Ports are those of one address and port: another one can be reached from the same ports again. */
function connectionsByAddress(plan: Plan): Map<string, number> {
  const connections = new Map<string, number>();
  for (const target of plan.targets) {
    const address = `${target.host} ${target.port}`;
    connections.set(address, (connections.get(address) ?? 0) + connectionsTo(plan, target));
  }
  return connections;
}

/** Why this machine cannot hold the plan, one sentence each with the way out; empty when it can. */
export function capacityProblems(plan: Plan, outFolder: string, shards?: readonly Shard[]): string[] {
  const needs = needsOf(plan, shards);
  return [
    memoryProblem(needs),
    descriptorProblem(needs),
    portProblem(needs),
    diskProblem(needs, outFolder),
  ].filter((problem) => problem !== null);
}

/** What will probably go wrong, though it need not. */
export function capacityWarnings(plan: Plan): string[] {
  const isKept = plan.targets.every(({ connections: { kind }, firstWebSocketSlot }) =>
    (kind === "per-vu" || kind === "shared") && firstWebSocketSlot < 0
  );
  const perSecond = plan.bounds.peakRate / 1000;
  const waiting = perSecond * TIME_WAIT_SECONDS;
  if (isKept || waiting <= USUAL_PORTS) return [];
  return [
    `${count(perSecond)} new connections a second keep ${
      count(waiting)
    } ports waiting, and a usual machine has ` +
    `${
      count(USUAL_PORTS)
    }; keep connections alive (connections = "per-vu", and WebSockets open for longer), or ` +
    "widen net.ipv4.ip_local_port_range",
  ];
}

function memoryProblem({ memoryBytes }: Needs): string | null {
  const { available } = Deno.systemMemoryInfo();
  if (memoryBytes <= available) return null;
  return `the plan takes up to ${bytes(memoryBytes)} of memory, and ${
    bytes(available)
  } are free; lower max_vus`;
}

/** Below this, no system refuses, and nothing is tried. */
const CERTAIN_DESCRIPTORS = 900;

/** Tries it: the limit cannot be read without wider permissions than a run should have. */
function descriptorProblem({ descriptors }: Needs): string | null {
  if (descriptors <= CERTAIN_DESCRIPTORS || Deno.build.os === "windows") return null;
  const files: Deno.FsFile[] = [];
  try {
    while (files.length < descriptors) files.push(Deno.openSync("/dev/null"));
    return null;
  } catch {
    return `the plan takes up to ${count(descriptors)} file descriptors, and this process may have ` +
      `${count(files.length)}; raise \`ulimit -n\`, or lower max_vus`;
  } finally {
    for (const file of files) file.close();
  }
}

function portProblem({ ports }: Needs): string | null {
  if (ports <= 65_535) return null;
  return `the plan takes up to ${
    count(ports)
  } connections to one address, and there are 65,535 ports; lower max_vus, ` +
    `or share connections (connections = "shared:1000")`;
}

function diskProblem({ ledgerBytes }: Needs, folder: string): string | null {
  const free = freeDisk(folder);
  if (free === null || ledgerBytes <= free) return null;
  return `the ledger will take about ${bytes(ledgerBytes)}, and ${
    bytes(free)
  } are free in ${folder}; use --out, ` +
    `or a shorter test`;
}

/** Bytes free for us in the folder, or in the one it will be made in; null where the system does not tell. */
function freeDisk(folder: string): number | null {
  for (const path of [folder, "."]) {
    try {
      const { bavail, bsize } = statfsSync(path);
      return bavail * bsize;
    } catch {
      continue;
    }
  }
  return null;
}
