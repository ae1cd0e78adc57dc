/** The call that every contestant of the table `grpc` makes. */
import { fileURLToPath } from "node:url";

/** The file that tells of it. */
export const HELLO_PROTO: string = fileURLToPath(new URL("./servers/grpc/hello.proto", import.meta.url));
/** `package.Service/Method`. */
export const HELLO_METHOD = "helloworld.Greeter/SayHello";
/** What is sent. */
export const HELLO_MESSAGE = { name: "world" } as const;
