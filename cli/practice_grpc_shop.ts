/** The practice shop by gRPC: what `practice.proto` describes, without HTTP/2. */
import protobuf from "protobufjs";
import { good, type KeyedDraw } from "./practice_goods.ts";
import { Shop } from "./practice_shop.ts";
import { paceOf } from "./practice_waiting.ts";

/** Status codes of gRPC. */
export const GRPC = {
  ok: 0,
  invalidArgument: 3,
  deadlineExceeded: 4,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** One call: its request message, and what of the server its answer may use. */
export type GrpcCall = Readonly<{
  message: Uint8Array;
  metadata(name: string): string | null;
  wait(ms: number): Promise<boolean>;
}>;

/** The messages of the answer, as they come. Throws `GrpcRefusal`. */
export type GrpcMethod = (call: GrpcCall) => AsyncGenerator<Uint8Array>;

/** A call ends with another status than OK. */
export class GrpcRefusal extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** Where the description lies; `scenarios/` has it for people to read. */
export const PRACTICE_PROTO = new URL("../scenarios/practice.proto", import.meta.url);

const MOST_MESSAGES = 1_000_000;
const LONGEST_MS = 3_600_000;
const USUAL_COUNT = 10;

/** Methods by path, as `/practice.Shop/GetItem`. Throws where `proto` describes something else. */
export function grpcShop(proto: string, draw: KeyedDraw): ReadonlyMap<string, GrpcMethod> {
  const { root } = protobuf.parse(proto, { keepCase: true });
  const shop = new Shop(draw);
  const service = root.lookupService("practice.Shop");
  const answers: Record<string, Answer> = {
    Login: (wish) => [logIn(shop, wish)],
    GetItem: (wish, call) => [item(shop, wish, call, draw)],
    Watch: (wish, call) => watch(wish, call, draw),
  };
  return new Map(service.methodsArray.map(({ name, requestType, responseType }) => {
    const [request, response] = [root.lookupType(requestType), root.lookupType(responseType)];
    return [`/practice.Shop/${name}`, typed(request, response, answers[name])];
  }));
}

type Wish = Readonly<Record<string, unknown>>;
type Answer = (wish: Wish, call: GrpcCall) => Iterable<object> | AsyncIterable<object>;

function typed(request: protobuf.Type, response: protobuf.Type, answer: Answer): GrpcMethod {
  return async function* (call) {
    const wish = request.toObject(decoded(request, call.message), { defaults: true });
    for await (const message of answer(wish, call)) {
      yield response.encode(response.fromObject(message)).finish();
    }
  };
}

function decoded(request: protobuf.Type, message: Uint8Array): protobuf.Message {
  try {
    return request.decode(message);
  } catch {
    throw new GrpcRefusal(GRPC.invalidArgument, `the message is no ${request.name}`);
  }
}

function logIn(shop: Shop, wish: Wish): object {
  const { status, json } = shop.answer({
    method: "POST",
    path: ["login"],
    query: new URLSearchParams(),
    header: () => null,
    body: JSON.stringify(wish),
  });
  if (status === 200) return Object(json);
  const code = status === 401 ? GRPC.unauthenticated : GRPC.invalidArgument;
  throw new GrpcRefusal(code, String(Object(json).error));
}

function item(shop: Shop, { id }: Wish, { metadata }: GrpcCall, draw: KeyedDraw): object {
  const authorization = metadata("authorization");
  if (authorization !== null && shop.user(authorization) === null) {
    throw new GrpcRefusal(GRPC.unauthenticated, "the token is not one of Login");
  }
  return good(itemNumber(id), draw);
}

async function* watch({ item, count, every_ms }: Wish, { wait }: GrpcCall, draw: KeyedDraw) {
  const wanted = itemNumber(item);
  const length = Number(count) === 0 ? USUAL_COUNT : Number(count);
  if (length > MOST_MESSAGES || Number(every_ms) > LONGEST_MS) {
    throw new GrpcRefusal(GRPC.invalidArgument, "a million messages and an hour between them are the most");
  }
  const pace = paceOf(Number(every_ms), wait);
  for (let n = 0; n < length; n++) {
    if (!await pace(n)) throw new GrpcRefusal(GRPC.unavailable, "the server ends");
    const { price_cents } = good(wanted + n, draw);
    yield { n, item: wanted, price_cents, last: n === length - 1 };
  }
}

function itemNumber(id: unknown): number {
  if (id === 0) throw new GrpcRefusal(GRPC.invalidArgument, "items are numbered from 1");
  return Number(id);
}
