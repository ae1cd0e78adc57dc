/** How connections of HTTP/2 and their streams end, by `socket` and `epoll`: by leave, alone, or with all that is in flight. */
import { deepEqual, equal } from "node:assert/strict";
import { DrivenNetwork } from "../../tests/driven_network.ts";
import { answer, bothTell, bothTransports, HELLO, ONE_CONNECTION } from "../../tests/http2/met_peer.ts";
import { answered, closed, failed, GET, HEAD_BYTES, opened, sent } from "../../tests/http2/plain_exchange.ts";
import {
  block,
  data,
  goAway,
  headers,
  resetStream,
  settings,
  windowUpdate,
} from "../../tests/http2/server_frames.ts";
import { ResettingServer } from "../../tests/resetting_server.ts";
import { CODE, SETTING } from "../protocol/http2_frames.ts";

bothTell("a target that closes a connection lets what is in flight end", async (meeting) => {
  const { network, accept } = meeting;
  const [peer, [first, second]] = await sent(meeting, 2);
  await peer.write([...HELLO, ...goAway(2 ** 31 - 1, CODE.noError), ...goAway(second, CODE.noError)]);
  await network.during();
  network.send(2, GET);
  equal(network.isOpen(2), true);
  await peer.write(answer(second, "hello"));
  await network.until(2);
  await peer.write(answer(first, "hello"));
  const next = await accept();
  await next.write([...HELLO, ...answer((await next.requests(1))[0], "hello")]);
  deepEqual(await network.until(6), [
    opened,
    answered(1),
    answered(0),
    closed("announced"),
    { ...opened, slot: 2 },
    answered(2),
  ]);
  equal(await peer.isEnded(), true);
});

bothTell("an idle connection that the target closes is no loss", async (meeting) => {
  const { network } = meeting;
  const [peer, [first]] = await sent(meeting, 1);
  await peer.write([...HELLO, ...answer(first, "hello"), ...goAway(first, CODE.noError)]);
  deepEqual(await network.until(3), [opened, answered(0), closed("announced")]);
  const [next, [again]] = await sent(meeting, 1);
  await next.write([...HELLO, ...answer(again, "hello")]);
  deepEqual((await network.until(5)).slice(3), [opened, answered(0)]);
  next.close();
  deepEqual((await network.until(6)).slice(5), [closed("byTarget")]);
});

bothTell(
  "what a closing target did not look at fails, or goes elsewhere where it was not sent",
  async (meeting) => {
    const { network, accept } = meeting;
    const [peer, [first]] = await sent(meeting, 1);
    await peer.write([...settings([SETTING.maxConcurrentStreams, 2]), ...answer(first, "hello")]);
    await network.until(2);
    for (const slot of [0, 1, 2, 3]) network.send(slot, GET);
    const [second, third] = await peer.requests(2);
    await peer.write(goAway(second, CODE.noError, "maintenance"));
    deepEqual((await network.until(3)).slice(2), [failed(1, "stream.goaway")]);
    equal(network.cause, "NO_ERROR: maintenance");
    equal(third, second + 2);
    // One that waits may be given up.
    equal(network.cancel(2), "connect");
    await peer.write(answer(second, "hello"));
    const next = await accept();
    await next.write([...HELLO, ...answer((await next.requests(1))[0], "hello")]);
    deepEqual((await network.until(7)).slice(3), [
      answered(0),
      closed("announced"),
      { ...opened, slot: 3 },
      answered(3),
    ]);
  },
);

bothTell("a closing target's last request may be given up", async (meeting) => {
  const { network } = meeting;
  const [peer, [first]] = await sent(meeting, 1);
  await peer.write([...HELLO, ...goAway(first, CODE.noError)]);
  await network.during();
  equal(network.cancel(0), "wait");
  deepEqual(await network.until(2), [opened, closed("announced")]);
  equal(network.isOpen(0), false);
});

bothTell("streams that are reset fail alone, with the target's words", async (meeting) => {
  const { network } = meeting;
  const [peer, [first, second, third]] = await sent(meeting, 3);
  await peer.write([...HELLO, ...resetStream(second, CODE.refusedStream)]);
  await network.until(2);
  equal(network.cause, "REFUSED_STREAM");
  await peer.write([
    ...headers(first, block([":status", "200"])),
    ...resetStream(first, CODE.internalError),
    ...answer(third, "hello"),
  ]);
  deepEqual(await network.until(4), [
    opened,
    failed(1, "stream.refused"),
    answered(2),
    failed(0, "stream.reset", HEAD_BYTES),
  ]);
  equal(network.cause, "INTERNAL_ERROR");
});

bothTell("a failure is not told of what was given up before", async (meeting) => {
  const { network } = meeting;
  const [peer, [first, second]] = await sent(meeting, 2);
  network.whenAnswered = () => equal(network.cancel(0), "wait");
  await peer.write([...HELLO, ...resetStream(first, CODE.internalError), ...answer(second, "hello")]);
  await network.until(2);
  await network.during();
  deepEqual(network.told, [opened, answered(1)]);
});

bothTell("a target that dies takes along what is in flight", async (meeting) => {
  const { network } = meeting;
  const [peer, [first]] = await sent(meeting, 3);
  await peer.write([...HELLO, ...headers(first, block([":status", "200"])), ...data(first, "hel")]);
  await network.during();
  peer.close();
  deepEqual(await network.until(5), [
    opened,
    closed("afterError"),
    failed(0, "receive.closed", HEAD_BYTES + 9 + 3),
    failed(1, "wait.closed"),
    failed(2, "wait.closed"),
  ]);
  equal(network.isOpen(0), false);
});

bothTransports("a connection that is reset takes along what is in flight", async (transport) => {
  if (Deno.build.os !== "linux") return;
  using server = new ResettingServer();
  const network = new DrivenNetwork(transport, { ...ONE_CONNECTION, host: "127.0.0.1", port: server.port });
  network.send(0, GET);
  network.send(1, GET);
  await network.until(1);
  await network.during();
  const reset = server.meet(String.fromCharCode(...HELLO, ...headers(1, block([":status", "200"]))));
  await network.during();
  reset();
  deepEqual(await network.until(4), [
    opened,
    closed("afterError"),
    failed(0, "receive.reset", HEAD_BYTES),
    failed(1, "wait.reset"),
  ]);
});

bothTell("a server that speaks HTTP/1.1", async (meeting) => {
  const { network, accept } = meeting;
  network.send(0, GET);
  const peer = await accept();
  await peer.write(Array.from("HTTP/1.1 400 Bad Request\r\n\r\n", (it) => it.charCodeAt(0)));
  deepEqual(await network.until(3), [opened, closed("afterError"), failed(0, "protocol.frame")]);
  equal(network.cause, "the answer is one of HTTP/1: HTTP/1.1 400 Bad Request");
});

bothTell("a target that breaks the rules is told so, and all that is in flight fails", async (meeting) => {
  const { network } = meeting;
  const [peer, [first]] = await sent(meeting, 2);
  await peer.write([...HELLO, ...answer(first, "hello"), ...windowUpdate(0, 2 ** 31 - 1)]);
  deepEqual(await network.until(4), [
    opened,
    answered(0),
    closed("afterError"),
    failed(1, "protocol.flow-control"),
  ]);
  equal((await peer.frame("goAway")).payload[7], CODE.flowControlError);
  equal(await peer.isEnded(), true);
  const [next, [again]] = await sent(meeting, 1);
  await next.write([...HELLO, ...answer(again, "hello")]);
  deepEqual((await network.until(6)).slice(4), [opened, answered(0)]);
});

bothTell("a response that breaks the rules fails alone", async (meeting) => {
  const { network } = meeting;
  const [peer, [first, second]] = await sent(meeting, 2);
  await peer.write([
    ...HELLO,
    ...answer(first, "hello", [["content-length", "7"]]),
    ...answer(second, "hello"),
  ]);
  const [, , failure] = await network.until(3);
  equal(failure.kind === "failed" && failure.error, "protocol.content-length");
  deepEqual(network.told[1], answered(1));
});

bothTell(
  "a connection that the engine closes when it hears of a response is told of no more",
  async (meeting) => {
    const { network } = meeting;
    const [peer, [first]] = await sent(meeting, 1);
    network.whenAnswered = () => network.close(0);
    await peer.write([
      ...HELLO,
      ...answer(first, "hello"),
      ...goAway(first, CODE.noError),
      ...answer(99, "?"),
    ]);
    await network.until(2);
    equal(await peer.isEnded(), true);
    equal(network.isOpen(0), false);
    const [next, [again]] = await sent(meeting, 1);
    await next.write([...HELLO, ...answer(again, "hello")]);
    deepEqual(await network.until(4), [opened, answered(0), opened, answered(0)]);
  },
);
