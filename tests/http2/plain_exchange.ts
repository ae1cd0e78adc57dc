/** A plain request, the plainest answer to it, and what a network tells of them. */
import type { Told } from "../driven_network.ts";
import type { Http2Peer, Meeting } from "./met_peer.ts";

export const GET = "GET / HTTP/1.1\r\nhost: a.test\r\n\r\n";
/** Of a frame of HEADERS with `:status` alone. */
export const HEAD_BYTES = 9 + 13;

export const opened: Told = { kind: "opened", slot: 0 };

export function closed(reason: string): Told {
  return { kind: "closed", slot: 0, reason };
}

export function failed(slot: number, error: string, bytes = 0): Told {
  return { kind: "failed", slot, error, bytes };
}

/** What `answer` with this body in one frame comes to. */
export function answered(slot: number, body = "hello"): Told {
  return { kind: "response", slot, status: 200, bytes: HEAD_BYTES + 9 + body.length, body };
}

/** Sends requests on slots 0, 1, …, and reads them at the other end; returns it and their streams. */
export async function sent({ network, accept }: Meeting, count: number): Promise<[Http2Peer, number[]]> {
  for (let slot = 0; slot < count; slot++) network.send(slot, GET);
  const peer = await accept();
  return [peer, await peer.requests(count)];
}
