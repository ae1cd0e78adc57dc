/** The same bytes mean the same on a simulated network and on a real one. */
import { deepEqual, ok } from "node:assert/strict";
import { CASES, type ResponseCase } from "../../../tests/http1/response_cases.ts";
import { samplePlan } from "../../../tests/sample_plans.ts";
import type { Completions, Host } from "../../engine/host.ts";
import { requestError } from "../../ledger/errors.ts";
import { LiveClock } from "../live_clock.ts";
import { SimulatedHost } from "../simulated.ts";
import { socketTransport } from "../socket.ts";
import { NO_MESSAGES, PLAIN_WISH } from "../../../tests/plain_network.ts";
import type { SimulatedTarget } from "./simulated_target.ts";

/** Responses that begin, and end one way or another. */
const ENDING = CASES.filter(({ wire, expect, closes }) =>
  wire !== "" && (expect !== "more" || closes === true)
);
const octets = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** What became of each response, by its position: how it ended, and why its connection was lost. */
async function outcomes(host: Host): Promise<string[][]> {
  const seen: string[][] = ENDING.map(() => []);
  let left = ENDING.length;
  const completions: Completions = {
    ...NO_MESSAGES,
    dueTick: () => Infinity,
    connectionOpened: (slot) => {
      seen[slot].push("opened");
    },
    connectionClosed: (slot, reason) => {
      seen[slot].push(`closed ${reason}`);
    },
    responseEnded: (slot, _firstByte, _end, status, bytes, body, head) => {
      left--;
      seen[slot].push(`${status}, ${bytes} bytes, ${body?.toHex()}, ${head?.toHex()}`);
    },
    requestFailed: (slot, error, _firstByte, _end, bytes) => {
      left--;
      seen[slot].push(`${requestError(error).name}, ${bytes} bytes`);
    },
  };
  const network = host.openNetwork(completions);
  ENDING.forEach(({ head = false }, slot) => {
    const bytes = octets(`GET /${slot} HTTP/1.1\r\n\r\n`);
    network.send(slot, bytes, bytes.length, { ...PLAIN_WISH, head, keepBody: true, keepHead: true });
  });
  while (left > 0) await network.poll(host.clock.now() + 1_000_000);
  ENDING.forEach((_, slot) => network.close(slot));
  return seen;
}

const target: SimulatedTarget = {
  open: () => ({ afterTicks: 10, refused: "", tlsTicks: null, isHttp2: false }),
  answer: (_request, _tick, slot) => ({
    kind: "bytes",
    afterTicks: 10,
    bytes: octets(ENDING[slot].wire),
    overTicks: 0,
    ends: ENDING[slot].closes === true,
  }),
};

/** Answers each connection's first request with the wire that its path names. */
async function serve(listener: Deno.Listener): Promise<void> {
  const answer = async (connection: Deno.Conn) => {
    const buffer = new Uint8Array(100);
    const read = await connection.read(buffer) ?? 0;
    const [, position] = /\/(\d+) /.exec(new TextDecoder().decode(buffer.subarray(0, read))) ?? [];
    const { wire, closes }: ResponseCase = ENDING[Number(position)];
    const bytes = octets(wire);
    for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
    if (closes === true) await connection.closeWrite();
    // Until the client goes.
    while (await connection.read(buffer).catch(() => null) !== null);
    connection.close();
  };
  const answers: Promise<void>[] = [];
  for await (const connection of listener) answers.push(answer(connection).catch(() => connection.close()));
  await Promise.all(answers);
}

Deno.test("the same bytes mean the same on a simulated network and on a real one", async () => {
  const simulated = await outcomes(new SimulatedHost(ENDING.length, target));
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const served = serve(listener);
  const { port } = listener.addr as Deno.NetAddr;
  const plan = samplePlan({ vus: ENDING.length, target: { port } });
  const clock = new LiveClock();
  const live = await outcomes({
    clock,
    openNetwork: (completions) => socketTransport.open(plan, clock, completions),
  });
  listener.close();
  await served;
  let compared = 0;
  ENDING.forEach(({ name, wire }, at) => {
    // Longer ones come in several reads, and a failure is noticed before all of them are there.
    if (wire.length > 4_000) return;
    deepEqual(simulated[at], live[at], name);
    compared++;
  });
  ok(compared > 100, `${compared}`);
});
