/**
 * The target of `z6c selftest`, in a process of its own: answers whatever is sent with the same few bytes, so that as
 * little as possible of what is measured is its own. Prints its port, and ends with its standard input.
 */
const ANSWER = new TextEncoder().encode(
  "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 3\r\n\r\nok\n",
);
const [CR, LF] = [13, 10];

const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
console.log(listener.addr.port);
void answerAll();
for await (const _ of Deno.stdin.readable);
Deno.exit();

async function answerAll(): Promise<void> {
  for await (const connection of listener) {
    connection.setNoDelay(true);
    void answer(connection);
  }
}

/** Requests have no body and come one after the other, so each ends where a read ends with an empty line. */
async function answer(connection: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(4096);
  let length = 0;
  try {
    for (;;) {
      const read = await connection.read(buffer.subarray(length));
      if (read === null) return connection.close();
      length += read;
      if (!endsWithEmptyLine(buffer, length)) continue;
      length = 0;
      for (let sent = 0; sent < ANSWER.length;) sent += await connection.write(ANSWER.subarray(sent));
    }
  } catch {
    // The client went away.
  }
}

function endsWithEmptyLine(bytes: Uint8Array, length: number): boolean {
  return length >= 4 && bytes[length - 4] === CR && bytes[length - 3] === LF && bytes[length - 2] === CR &&
    bytes[length - 1] === LF;
}
