import assert from "node:assert/strict";
import { directSocket } from "./direct_socket.ts";

/** Both ends of a connection. */
async function connection(): Promise<[Deno.TcpConn, Deno.TcpConn]> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  return await Promise.all([Deno.connect({ hostname: "127.0.0.1", port }), listener.accept()]);
}

Deno.test("a direct socket reads and writes as the socket does, which it is not", async () => {
  const [own, peer] = await connection();
  using _peer = peer;
  const direct = directSocket(own);
  // Where a new version of the runtime makes this fail, everything works, and slower.
  assert.notEqual(direct, own);
  assert.equal(await direct.write(Uint8Array.of(1, 2, 3)), 3);
  const into = new Uint8Array(8);
  assert.equal(await peer.read(into), 3);
  assert.deepEqual([...into.subarray(0, 3)], [1, 2, 3]);
  await peer.write(Uint8Array.of(4, 5));
  assert.equal(await direct.read(into), 2);
  assert.deepEqual([...into.subarray(0, 2)], [4, 5]);
  await peer.closeWrite();
  assert.equal(await direct.read(into), 0);
  direct.close();
  await assert.rejects(direct.read(into), Deno.errors.BadResource);
});

Deno.test("a direct socket that is closed gives up what is being read", async () => {
  const [own, peer] = await connection();
  using _peer = peer;
  const direct = directSocket(own);
  const reading = direct.read(new Uint8Array(8));
  direct.close();
  await assert.rejects(reading);
});

Deno.test("a socket whose operations are not found is used as it is", async () => {
  const [own, peer] = await connection();
  using _peer = peer;
  using _own = own;
  const other: Deno.TcpConn = Object.create(own);
  assert.equal(directSocket(other), other);
});
