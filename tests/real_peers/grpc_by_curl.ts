/** Calls of `practice.Shop` by curl: HTTP/2 by nghttp2, messages by protobufjs. */
import protobuf from "protobufjs";
import { fileURLToPath } from "node:url";
import { inFolder } from "../running.ts";
import { programPath } from "./peer_process.ts";

export type GrpcCall = Readonly<{
  method: "Login" | "GetItem" | "Watch";
  message: Readonly<Record<string, unknown>>;
  metadata?: Readonly<Record<string, string>>;
  /** Told to the server, which is to end the call then. */
  deadlineMs?: number;
  /** Gives up then. */
  cancelAfterMs?: number;
  /** File of the certificate to trust, for TLS. */
  ca?: string;
}>;

export type GrpcAnswer = Readonly<{
  messages: readonly Readonly<Record<string, unknown>>[];
  /** Null where it was given up, or broke off. */
  code: number | null;
  details: string;
}>;

const PROTO = fileURLToPath(new URL("../../scenarios/practice.proto", import.meta.url));
const LONGEST_SECONDS = 10;

/** Makes one call on a connection of its own. `url` is that of the server: `http://127.0.0.1:8082`. */
export function callGrpc(url: string, call: GrpcCall): Promise<GrpcAnswer> {
  const { method, message, metadata = {}, deadlineMs, cancelAfterMs, ca } = call;
  const { root } = protobuf.parse(Deno.readTextFileSync(PROTO), { keepCase: true });
  const { requestType, responseType } = root.lookupService("practice.Shop").methods[method];
  const request = root.lookupType(requestType);
  return inFolder(async (folder) => {
    await Deno.writeFile(`${folder}/request`, framed(request.encode(request.fromObject(message)).finish()));
    const headers = Object.entries({
      "content-type": "application/grpc",
      te: "trailers",
      ...(deadlineMs === undefined ? {} : { "grpc-timeout": `${deadlineMs}m` }),
      ...metadata,
    });
    const seconds = cancelAfterMs === undefined ? LONGEST_SECONDS : cancelAfterMs / 1000;
    const { stderr } = await new Deno.Command(programPath("curl"), {
      args: [
        ...["--silent", "--show-error", "--no-buffer", "--max-time", String(seconds)],
        ...(ca === undefined ? ["--http2-prior-knowledge"] : ["--cacert", ca]),
        ...headers.flatMap(([name, value]) => ["--header", `${name}: ${value}`]),
        ...["--data-binary", `@${folder}/request`, "--dump-header", `${folder}/head`],
        ...["--output", `${folder}/body`, `${url}/practice.Shop/${method}`],
      ],
    }).output();
    const head = await textOf(`${folder}/head`);
    if (head === "") return { messages: [], code: null, details: new TextDecoder().decode(stderr) };
    const response = root.lookupType(responseType);
    const [, code] = /^grpc-status: (\d+)\r$/m.exec(head) ?? [];
    const [, details = ""] = /^grpc-message: (.*)\r$/m.exec(head) ?? [];
    return {
      messages: unframed(await bytesOf(`${folder}/body`)).map((bytes) =>
        response.toObject(response.decode(bytes), { defaults: true })
      ),
      code: code === undefined ? null : Number(code),
      details: decodeURIComponent(details),
    };
  });
}

function framed(message: Uint8Array): Uint8Array {
  const frame = new Uint8Array(5 + message.length);
  new DataView(frame.buffer).setUint32(1, message.length);
  frame.set(message, 5);
  return frame;
}

/** The messages that are there whole. */
function unframed(body: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let at = 0; at + 5 <= body.length;) {
    const end = at + 5 + new DataView(body.buffer, body.byteOffset).getUint32(at + 1);
    if (end <= body.length) found.push(body.subarray(at + 5, end));
    at = end;
  }
  return found;
}

async function bytesOf(file: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(file);
  } catch (cause) {
    // curl makes no file for an empty body.
    if (cause instanceof Deno.errors.NotFound) return new Uint8Array();
    throw cause;
  }
}

async function textOf(file: string): Promise<string> {
  return new TextDecoder().decode(await bytesOf(file));
}
