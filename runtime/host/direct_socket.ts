import type { ByteSocket } from "./byte_socket.ts";

/**
 * The operations of the runtime that `Deno.Conn` is made of. Its `read` is an async function around one of them that
 * keeps account for `unref`, which costs more than the operation itself.
 */
type Operations = Readonly<{
  /** 0: the peer has sent its last. */
  read(resource: number, into: Uint8Array): Promise<number>;
  write(resource: number, bytes: Uint8Array): Promise<number>;
}>;

const RESOURCE = "Deno.internal.rid";

/** They are the runtime's own affair, and undocumented: null where they are not where they were. */
const OPERATIONS = findOperations();

/** The socket without what is wrapped around its operations, where they are found; else the socket as it is. */
export function directSocket(socket: Deno.Conn): ByteSocket {
  const resource = resourceOf(socket);
  return OPERATIONS === null || resource === null ? socket : new DirectSocket(socket, resource, OPERATIONS);
}

class DirectSocket implements ByteSocket {
  readonly #socket: Deno.Conn;
  readonly #resource: number;
  readonly #operations: Operations;

  constructor(socket: Deno.Conn, resource: number, operations: Operations) {
    this.#socket = socket;
    this.#resource = resource;
    this.#operations = operations;
  }

  read(into: Uint8Array): Promise<number> {
    return this.#operations.read(this.#resource, into);
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#operations.write(this.#resource, bytes);
  }

  close(): void {
    this.#socket.close();
  }
}

function findOperations(): Operations | null {
  const { internal } = Deno as unknown as { internal?: symbol };
  if (typeof internal !== "symbol") return null;
  const { core } =
    (Deno as unknown as Record<symbol, { core?: Partial<Operations> } | undefined>)[internal] ?? {};
  if (typeof core?.read !== "function" || typeof core.write !== "function") return null;
  return { read: core.read, write: core.write };
}

/** The number by which operations know the socket. */
function resourceOf(socket: Deno.Conn): number | null {
  const symbol = Object.getOwnPropertySymbols(socket).find(({ description }) => description === RESOURCE);
  const resource = symbol === undefined ? null : (socket as unknown as Record<symbol, unknown>)[symbol];
  return typeof resource === "number" ? resource : null;
}
