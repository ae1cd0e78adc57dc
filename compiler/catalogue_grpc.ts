/** Codes of gRPC and of responses that are messages: 168x. */
import type { CatalogueEntry } from "./catalogue_entry.ts";

const TARGET = '[target]\nbase = "http://127.0.0.1:8080"\nprotocol = "h2"';

function calling(proto: string, step: string): string {
  return `${proto}\n${TARGET}\n[[flow]]\nname = "browse"\n[[flow.step]]\n${step}`;
}

const PROTO = 'proto = ["shop.proto"]';
const CALL = 'grpc = "shop.Catalog/GetItem"';

export const GRPC_CODES: readonly CatalogueEntry[] = [
  {
    code: "Z1681",
    title: ".proto file that cannot be used",
    cause: "A file that `proto` names, or one that it imports, cannot be read, or is no sound `.proto` file.",
    example: calling('proto = ["catalogue.proto"]', CALL),
    mend: calling(PROTO, CALL),
  },
  {
    code: "Z1682",
    title: "method that cannot be called",
    cause:
      "A step with `grpc` calls a method of the scenario's `proto` files that takes one message, by its full name.",
    example: calling(PROTO, 'grpc = "shop.Catalog/GetItems"'),
    mend: calling(PROTO, CALL),
  },
  {
    code: "Z1683",
    title: "message that does not fit its type",
    cause:
      "The message of a step with `grpc` is written in the JSON mapping of proto3: it has the fields of its type, with values of theirs.",
    example: calling(PROTO, `${CALL}\nmessage = { id = "seven" }`),
    mend: calling(PROTO, `${CALL}\nmessage = { id = 7 }`),
  },
  {
    code: "Z1684",
    title: "key of another kind of request",
    cause:
      "`message`, `messages` and what `expect` says of `grpc` belong to a step with `grpc`, which has neither a body, nor a query, nor a status of HTTP.",
    example: calling(PROTO, `${CALL}\nexpect = { status = 200 }`),
    mend: calling(PROTO, `${CALL}\nexpect = { grpc = "OK" }`),
  },
  {
    code: "Z1685",
    title: "no stream to read",
    cause:
      "`messages` reads what a method answers with that streams, and `events` what a response has in its body.",
    example: calling(PROTO, `${CALL}\nmessages = { count = 3 }`),
    mend: calling(PROTO, 'grpc = "shop.Catalog/Watch"\nmessages = { count = 3 }'),
  },
  {
    code: "Z1686",
    title: "gRPC without HTTP/2",
    cause: "gRPC is spoken over HTTP/2, so the target of a step with `grpc` has that `protocol`.",
    example: `${PROTO}\n[[flow]]\nname = "browse"\n[[flow.step]]\n${CALL}`,
    mend: calling(PROTO, CALL),
  },
];
