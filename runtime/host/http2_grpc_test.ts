/** Calls of gRPC on `socket` and `epoll` against frames, and what head and trailer say. */
import { deepEqual, equal } from "node:assert/strict";
import { DrivenNetwork, type Told } from "../../tests/driven_network.ts";
import { bothTell, HELLO, type Http2Peer, type Meeting } from "../../tests/http2/met_peer.ts";
import { block, frame, headers, resetStream, type Wire } from "../../tests/http2/server_frames.ts";
import { latin1 } from "../../tests/http1/response_reading.ts";
import { MESSAGE } from "../ledger/record.ts";
import { grpcFrame } from "../protocol/grpc_frame.ts";
import { CODE, FLAG, FRAME } from "../protocol/http2_frames.ts";
import { octetsOf } from "../protocol/octets.ts";
import { grpcHead, grpcStatusIn, grpcTypeFault, statusOfHttp } from "./http2_grpc_fields.ts";

const CALL = "POST /shop.Catalog/GetItem HTTP/1.1\r\nhost: a.test\r\ncontent-type: application/grpc\r\n" +
  "te: trailers\r\ncontent-length: 6\r\n\r\n\0\0\0\0\x01x";
const TYPE = ["content-type", "application/grpc"] as const;
const OK_HEAD = [[":status", "200"], TYPE] as const;

type Fields = readonly (readonly [string, string])[];

const message = (text: string): number[] => [...grpcFrame(octetsOf(text))];
const content = (stream: number, octets: Wire, flags = 0): Wire => frame(FRAME.data, flags, stream, octets);
const trailer = (stream: number, ...fields: Fields): Wire =>
  headers(stream, block(...fields), FLAG.endStream);
const head = (stream: number, fields: Fields = OK_HEAD): Wire => headers(stream, block(...fields));

/** A whole response. */
function answer(stream: number, octets: Wire, fields: Fields = [["grpc-status", "0"]]): Wire {
  return [...head(stream), ...content(stream, octets), ...trailer(stream, ...fields)];
}

async function called({ network, accept }: Meeting, count = 1): Promise<[Http2Peer, number[]]> {
  for (let slot = 0; slot < count; slot++) network.send(slot, CALL, { stream: "grpc" });
  const peer = await accept();
  const streams = await peer.requests(count);
  await peer.write(HELLO);
  return [peer, streams];
}

const outcome = (network: DrivenNetwork): Told => network.told[network.told.length - 1];

for (const pieceBytes of [1, 3, 1000]) {
  bothTell(`one message, then a status, in pieces of ${pieceBytes}`, async (meeting) => {
    const { network } = meeting;
    network.awaits = () => false;
    const [peer, [stream]] = await called(meeting);
    const wire = answer(stream, message("reply"));
    await peer.write(wire, pieceBytes);
    deepEqual((await network.until(3)).slice(1), [
      { kind: "message", slot: 0, message: MESSAGE.grpc, bytes: 5 },
      { kind: "response", slot: 0, status: 600, bytes: wire.length, body: "reply" },
    ]);
  });
}

bothTell("messages come one by one, over frames, and the last one is the body", async (meeting) => {
  const { network } = meeting;
  const asked: string[] = [];
  network.awaits = (_slot, payload) => asked.push(latin1(payload)) < 0;
  const [peer, [stream]] = await called(meeting);
  const octets = [...message("one"), ...message(""), ...message("three")];
  await peer.write([...head(stream), ...content(stream, octets.slice(0, 4))]);
  await peer.write(content(stream, octets.slice(4, 15)));
  await peer.write([...content(stream, octets.slice(15)), ...trailer(stream, ["grpc-status", "0"])]);
  const told = await network.until(5);
  deepEqual(told.map((it) => it.kind === "message" ? it.bytes : it.kind), ["opened", 3, 0, 5, "response"]);
  deepEqual(asked, ["one", "", "three"]);
  equal(told[4].kind === "response" && told[4].body, "three");
});

bothTell("the awaited message ends the call, and the connection goes on", async (meeting) => {
  const { network } = meeting;
  network.awaits = (_slot, payload) => latin1(payload) === "two";
  const [peer, [stream]] = await called(meeting);
  await peer.write([
    ...head(stream),
    ...content(stream, [...message("one"), ...message("two"), ...message("three")]),
  ]);
  const told = await network.until(4);
  deepEqual(told.map(({ kind }) => kind), ["opened", "message", "message", "response"]);
  deepEqual(told[3].kind === "response" && [told[3].status, told[3].body], [600, "two"]);
  const reset = await peer.frame("resetStream");
  deepEqual([reset.stream, reset.payload[3]], [stream, CODE.cancel]);
  network.send(0, CALL, { stream: "grpc" });
  const [next] = await peer.requests(1);
  await peer.write([...content(stream, message("four")), ...answer(next, message("two"))]);
  await network.until(6);
  equal(outcome(network).kind, "response");
});

type Case = Readonly<{ name: string; wire: (stream: number) => Wire; told: string; cause?: string }>;

const CASES: readonly Case[] = [
  {
    name: "a status in a trailer without a message",
    wire: (it) => [...head(it), ...trailer(it, ["grpc-status", "5"])],
    told: "605",
  },
  {
    name: "a status with the head alone",
    wire: (it) => trailer(it, [":status", "200"], TYPE, ["grpc-status", "16"]),
    told: "616",
  },
  {
    name: "a status that gRPC does not know",
    wire: (it) => [...head(it), ...trailer(it, ["grpc-status", "17"])],
    told: "602",
  },
  { name: "no status", wire: (it) => content(it, [], FLAG.endStream), told: "grpc.status" },
  {
    name: "no status in a trailer",
    wire: (it) => [...content(it, message("a")), ...trailer(it, ["grpc-message", "b"])],
    told: "grpc.status",
  },
  {
    name: "another type",
    wire: (it) => [...head(it, [[":status", "200"], ["content-type", "text/html"]]), ...content(it, [60], 1)],
    told: "grpc.message",
    cause: "its content-type is text/html",
  },
  {
    name: "another type, and nothing else",
    wire: (it) => trailer(it, [":status", "200"]),
    told: "grpc.message",
    cause: "it has no content-type",
  },
  {
    name: "a compressed message",
    wire: (it) => [...head(it), ...content(it, [1, 0, 0, 0, 1, 7]), ...trailer(it, ["grpc-status", "0"])],
    told: "grpc.message",
    cause: "a message is compressed, which nobody asked for",
  },
  {
    name: "a message that is cut off",
    wire: (it) => answer(it, message("whole").slice(0, -1)),
    told: "grpc.message",
    cause: "the last message is cut off",
  },
  {
    name: "a failure in the middle of a message",
    wire: (it) => answer(it, message("whole").slice(0, -1), [["grpc-status", "13"]]),
    told: "613",
  },
  {
    name: "a proxy's page",
    wire: (it) => [...head(it, [[":status", "503"], ["content-type", "text/html"]]), ...content(it, [60], 1)],
    told: "614",
  },
  {
    name: "a proxy's status, and one of gRPC",
    wire: (it) => trailer(it, [":status", "503"], TYPE, ["grpc-status", "8"]),
    told: "608",
  },
  {
    name: "a stream that is reset",
    wire: (it) => [...head(it), ...resetStream(it, CODE.cancel)],
    told: "stream.reset",
    cause: "CANCEL",
  },
];

bothTell("each way in which a call can end", async (meeting) => {
  const { network } = meeting;
  network.awaits = () => false;
  const [peer, [first]] = await called(meeting);
  let stream = first;
  for (const { name, wire, told, cause } of CASES) {
    network.cause = "";
    const octets = wire(stream);
    // A head first, where a case has none.
    await peer.write(octets[3] === FRAME.headers ? octets : [...head(stream), ...octets]);
    while (!["response", "failed"].includes(outcome(network).kind)) {
      await network.until(network.told.length + 1);
    }
    const end = outcome(network);
    equal(end.kind === "response" ? String(end.status) : end.kind === "failed" && end.error, told, name);
    equal(network.cause, cause ?? "", name);
    network.told.push({ kind: "opened", slot: -1 });
    network.send(0, CALL, { stream: "grpc" });
    [stream] = await peer.requests(1);
  }
});

bothTell("a call that takes too long is given up alone", async (meeting) => {
  const { network } = meeting;
  network.awaits = () => false;
  const [peer, [first, second]] = await called(meeting, 2);
  await peer.write([...head(first), ...content(first, message("one"))]);
  await network.until(2);
  equal(network.cancel(0), "receive");
  equal((await peer.frame("resetStream")).stream, first);
  await peer.write(answer(second, message("two")));
  await network.until(4);
  deepEqual(network.told.slice(2).map(({ kind, slot }) => [kind, slot]), [["message", 1], ["response", 1]]);
});

const text = (fields: string) => octetsOf(fields);

Deno.test("statuses of gRPC as fields say them", () => {
  const cases: readonly (readonly [string, number])[] = [
    ["", -1],
    ["grpc-statu: 1\r\n", -1],
    ["grpc-status-details-bin: 1\r\n", -1],
    ["HTTP/2 200\r\na: grpc-status: 3\r\ngrpc-status: 0\r\n\r\n", 0],
    ["grpc-status:16\r\ngrpc-status: 1\r\n", 16],
    ["grpc-status: 160\r\n", 2],
    ["grpc-status: 99999999999999999999\r\n", 2],
    ["grpc-status: OK\r\n", 2],
    ["grpc-status: \r\n", 2],
    ["grpc-status: -1\r\n", 2],
  ];
  for (const [fields, status] of cases) equal(grpcStatusIn(text(fields)), status, fields);
  deepEqual([400, 401, 403, 404, 429, 500, 502, 503, 504].map(statusOfHttp), [
    13,
    16,
    7,
    12,
    14,
    2,
    14,
    14,
    14,
  ]);
});

Deno.test("types of gRPC", () => {
  const fault = (type: string) => grpcTypeFault(text(`HTTP/2 200\r\ncontent-type: ${type}\r\n\r\n`));
  const good = ["application/grpc", "application/grpc+proto", "Application/GRPC", "application/grpc; a=b"];
  deepEqual(good.map(fault), ["", "", "", ""]);
  equal(fault("application/grpc-web"), "its content-type is application/grpc-web");
  equal(fault(""), "its content-type is ");
});

Deno.test("head and trailer become one head, with the server's words", () => {
  const head = "HTTP/2 200\r\ncontent-type: application/grpc\r\n\r\n";
  const whole = (trailer: string) => new TextDecoder().decode(grpcHead(text(head), text(trailer)));
  equal(whole(""), head);
  equal(
    whole("grpc-status: 5\r\ngrpc-message: no item 7%0A, %C3%A4 100%25, 5% %zz\r\nx: %41\r\n"),
    "HTTP/2 200\r\ncontent-type: application/grpc\r\ngrpc-status: 5\r\n" +
      "grpc-message: no item 7 , ä 100%, 5% %zz\r\nx: %41\r\n\r\n",
  );
});
