/** A connection as a server sees it: bytes, and nothing else. */
export class Peer {
  readonly #socket: Deno.Conn;

  readonly #readBytes: number;
  #isClosed = false;

  /** `readBytes`: how many are read where nothing else is said. */
  constructor(socket: Deno.Conn, readBytes: number) {
    this.#socket = socket;
    this.#readBytes = readBytes;
  }

  /** Of a text, its characters are the bytes. */
  async write(what: string | Uint8Array): Promise<void> {
    let bytes = typeof what === "string" ? Uint8Array.from(what, (it) => it.charCodeAt(0)) : what;
    while (bytes.length > 0) bytes = bytes.subarray(await this.#socket.write(bytes));
  }

  /** Reads until so many bytes have come in all, and returns them. */
  async read(length = this.#readBytes): Promise<Uint8Array> {
    const all = new Uint8Array(length);
    for (let have = 0; have < length;) {
      const bytes = await this.#socket.read(all.subarray(have));
      if (bytes === null) throw new Error("the client closed");
      have += bytes;
    }
    return all;
  }

  /** Whether the other end has closed, and nothing came before. */
  async isEnded(): Promise<boolean> {
    return await this.#socket.read(new Uint8Array(1)) === null;
  }

  /** With bytes in it that were not read, the kernel resets the connection. Once is enough. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#socket.close();
  }
}
