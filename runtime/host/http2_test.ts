/** HTTP/2 on `socket` and `epoll` against frames, one thing each: both tell the same, word for word. */
import { deepEqual, equal } from "node:assert/strict";
import { answer, bothTell, HELLO } from "../../tests/http2/met_peer.ts";
import { answered, failed, GET, HEAD_BYTES, opened, sent } from "../../tests/http2/plain_exchange.ts";
import { block, data, headers, settings, windowUpdate } from "../../tests/http2/server_frames.ts";
import { CODE, FLAG, SETTING } from "../protocol/http2_frames.ts";

for (const pieceBytes of [1, 2, 5, 1000]) {
  bothTell(`many at once, answered in turns, in pieces of ${pieceBytes}`, async (meeting) => {
    const [peer, [first, second, third]] = await sent(meeting, 3);
    deepEqual([first, second, third], [1, 3, 5]);
    await peer.write([
      ...HELLO,
      ...headers(third, block([":status", "200"])),
      ...headers(first, block([":status", "200"])),
      ...data(third, "hel"),
      ...data(first, "hello", FLAG.endStream),
      ...data(third, "lo", FLAG.endStream),
      ...headers(second, block([":status", "204"]), FLAG.endStream),
    ], pieceBytes);
    deepEqual(await meeting.network.until(4), [
      opened,
      answered(0),
      { kind: "response", slot: 2, status: 200, bytes: HEAD_BYTES + 2 * 9 + 5, body: "hello" },
      { kind: "response", slot: 1, status: 204, bytes: HEAD_BYTES, body: "" },
    ]);
  });
}

bothTell("requests on a connection that stands already, again and again", async (meeting) => {
  const [peer, streams] = await sent(meeting, 1);
  await peer.write([...HELLO, ...answer(streams[0], "hello")]);
  await meeting.network.until(2);
  for (const stream of [3, 5]) {
    meeting.network.send(0, GET);
    meeting.network.send(7, GET);
    deepEqual(await peer.requests(2), [2 * stream - 3, 2 * stream - 1]);
    await peer.write([...answer(2 * stream - 3, "hello"), ...answer(2 * stream - 1, "hello")]);
    await meeting.network.until(meeting.network.told.length + 2);
  }
  deepEqual(meeting.network.told, [opened, answered(0), answered(0), answered(7), answered(0), answered(7)]);
});

bothTell(
  "requests beyond what the target allows at once wait, and are told to be written",
  async (meeting) => {
    const { network } = meeting;
    const [peer, streams] = await sent(meeting, 1);
    await peer.write([...settings([SETTING.maxConcurrentStreams, 1]), ...answer(streams[0], "hello")]);
    await network.until(2);
    for (const slot of [0, 1, 2]) network.send(slot, GET);
    const [second] = await peer.requests(1);
    equal(network.cancel(1), "write");
    await peer.write(answer(second, "hello"));
    const [third] = await peer.requests(1);
    equal(third, second + 2);
    await peer.write(answer(third, "hello"));
    deepEqual((await network.until(4)).slice(2), [answered(0), answered(2)]);
  },
);

bothTell("what is cancelled ends by RST_STREAM, and the connection stays", async (meeting) => {
  const { network } = meeting;
  const [peer, [first, second]] = await sent(meeting, 2);
  equal(network.cancel(0), "wait");
  equal(network.isOpen(0), true);
  const reset = await peer.frame("resetStream");
  deepEqual([reset.stream, reset.payload[3]], [first, CODE.cancel]);
  await peer.write([...HELLO, ...answer(first, "late"), ...headers(second, block([":status", "200"]))]);
  await network.during();
  equal(network.cancel(1), "receive");
  equal((await peer.frame("resetStream")).stream, second);
  network.send(0, GET);
  await peer.write([
    ...data(second, "late", FLAG.endStream),
    ...answer((await peer.requests(1))[0], "hello"),
  ]);
  deepEqual(await network.until(2), [opened, answered(0)]);
});

bothTell("an opening that nobody waits for any more is given up", async ({ network }) => {
  network.send(0, GET);
  network.send(1, GET);
  equal(network.cancel(0), "connect");
  network.send(0, GET);
  equal(network.cancel(1), "connect");
  equal(network.cancel(0), "connect");
  await network.during();
  deepEqual(network.told, []);
});

bothTell("whoever hears of a response may send again, and give up others", async (meeting) => {
  const { network } = meeting;
  const [peer, [first, second]] = await sent(meeting, 2);
  let answers = 0;
  network.whenAnswered = (slot) => {
    if (answers++ > 0) return;
    network.cancel(1 - slot);
    network.send(slot, GET);
  };
  await peer.write([...HELLO, ...answer(second, "hello"), ...answer(first, "hello")]);
  await network.until(2);
  await peer.write(answer((await peer.requests(1))[0], "hello"));
  deepEqual(await network.until(3), [opened, answered(1), answered(1)]);
});

bothTell("a body larger than the window goes out as it opens", async (meeting) => {
  const { network, accept } = meeting;
  const body = "0123456789".repeat(20_000);
  network.send(0, `POST / HTTP/1.1\r\nhost: a.test\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
  const peer = await accept();
  const [stream] = await peer.requests(1);
  await peer.write(HELLO);
  let received = "";
  while (received.length < body.length) {
    const { payload, flags } = await peer.frame("data");
    received += new TextDecoder().decode(payload);
    equal(flags, received.length === body.length ? FLAG.endStream : 0);
    await peer.write([...windowUpdate(stream, payload.length), ...windowUpdate(0, payload.length)]);
  }
  equal(received === body, true);
  await peer.write(answer(stream, "hello"));
  deepEqual(await network.until(2), [opened, answered(0)]);
});

bothTell("a body that the target does not take is told to be written", async (meeting) => {
  const { network, accept } = meeting;
  network.send(0, `POST / HTTP/1.1\r\nhost: a.test\r\n\r\n${"a".repeat(100_000)}`);
  const peer = await accept();
  const [stream] = await peer.requests(1);
  await network.during();
  equal(network.cancel(0), "write");
  equal((await peer.frame("resetStream")).stream, stream);
});

bothTell("an answer before the request is whole leaves the connection as it is", async (meeting) => {
  const { network, accept } = meeting;
  network.send(0, `POST / HTTP/1.1\r\nhost: a.test\r\n\r\n${"a".repeat(100_000)}`);
  const peer = await accept();
  const [stream] = await peer.requests(1);
  await peer.write([...HELLO, ...answer(stream, "hello")]);
  equal((await peer.frame("resetStream")).stream, stream);
  deepEqual(await network.until(2), [opened, answered(0)]);
  equal(network.isOpen(0), true);
});

bothTell("interim responses, no content where there is none, and trailers", async (meeting) => {
  const { network, accept } = meeting;
  network.send(0, "HEAD / HTTP/1.1\r\nhost: a.test\r\n\r\n", { head: true });
  network.send(1, GET);
  const peer = await accept();
  const [first, second] = await peer.requests(2);
  const interim = headers(second, block([":status", "103"], ["link", "</a>"]));
  const head = headers(first, block([":status", "200"], ["content-length", "7"]), FLAG.endStream);
  const wire = answer(second, "hello", [], [["checked", "yes"]]);
  await peer.write([
    ...HELLO,
    ...head,
    ...interim,
  ]);
  await network.until(2);
  await peer.write(wire);
  deepEqual(await network.until(3), [
    opened,
    { kind: "response", slot: 0, status: 200, bytes: head.length, body: "" },
    { kind: "response", slot: 1, status: 200, bytes: interim.length + wire.length, body: "hello" },
  ]);
});

bothTell("server-sent events: each is told, and the awaited one ends its stream", async (meeting) => {
  const { network, accept } = meeting;
  network.awaits = (_slot, _payload, event) => event === "done";
  network.send(0, GET, { stream: "events" });
  network.send(1, GET, { stream: "events" });
  network.send(2, GET, { stream: "events" });
  const peer = await accept();
  const [first, second, third] = await peer.requests(3);
  const head = headers(first, block([":status", "200"], ["content-type", "text/event-stream"]));
  const [one, two] = ["data: 1\n\nevent: do", "ne\ndata: last\n\n"];
  await peer.write([
    ...HELLO,
    ...head,
    ...data(first, one),
    ...data(first, two),
    ...data(first, "data: 3\n\n"),
  ]);
  deepEqual(await network.until(4), [
    opened,
    { kind: "message", slot: 0, message: 16, bytes: 1 },
    { kind: "message", slot: 0, message: 16, bytes: 4 },
    {
      kind: "response",
      slot: 0,
      status: 200,
      bytes: head.length + 9 + one.length + 9 + two.length,
      body: "last",
    },
  ]);
  equal((await peer.frame("resetStream")).stream, first);
  const html = answer(second, "<p>", [["content-type", "text/html"]]);
  await peer.write(html);
  deepEqual((await network.until(5)).slice(4), [failed(1, "protocol.event-stream", html.length)]);
  equal(network.cause, "its content-type is text/html");
  const whole = answer(third, "data: 1\n\n", [["content-type", "text/event-stream"]]);
  await peer.write(whole);
  deepEqual((await network.until(7)).slice(6), [
    { kind: "response", slot: 2, status: 200, bytes: whole.length, body: "1" },
  ]);
});
