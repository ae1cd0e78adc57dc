import assert from "node:assert/strict";

/** Sends each text by a WebSocket of Deno, once the one before has come back; then it closes with 1000. */
export async function echoed(
  url: string,
  caPem: string | null,
  texts: readonly string[],
): Promise<{ said: unknown[]; code: number }> {
  using client = Deno.createHttpClient(caPem === null ? {} : { caCerts: [caPem] });
  const socket = new WebSocket(url, { protocols: ["chat.v2"], client });
  const said: unknown[] = [];
  const closed = new Promise<number>((resolve, reject) => {
    socket.onclose = ({ code }) => resolve(code);
    socket.onerror = (event) => reject(new Error((event as ErrorEvent).message));
  });
  const next = () => said.length < texts.length ? socket.send(texts[said.length]) : socket.close(1000);
  socket.onopen = next;
  socket.onmessage = ({ data }) => {
    said.push(data);
    next();
  };
  const code = await closed;
  assert.equal(socket.protocol, "chat.v2");
  return { said, code };
}
