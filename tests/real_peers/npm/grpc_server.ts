/**
 * grpc-js, as a program: `grpc_server.ts PROTO` serves `practice.Shop` in clear text. It prints its port, and at
 * SIGTERM, what it has seen. Item 404 is not found; item 500 breaks; item 1000 takes its time.
 */
// deno-lint-ignore-file no-explicit-any -- services loaded at run time have no types
import { loadPackageDefinition, Server, ServerCredentials, status } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";

/** What clients add of their own. */
const OF_HTTP = new Set(["user-agent", "accept", "content-length"]);

const seen = { calls: 0, messages: 0, cancelled: 0, metadata: [] as unknown[] };
const { practice } = loadPackageDefinition(loadSync(Deno.args[0], { keepCase: true, defaults: true })) as any;

const item = (id: number) => ({ id, name: `item ${id}`, price_cents: 100 + id });
const server = new Server();
server.addService(practice.Shop.service, {
  Login({ request: { user, password } }: any, done: any) {
    seen.calls++;
    if (password === "wrong") done({ code: status.UNAUTHENTICATED, details: "wrong password" });
    else done(null, { token: `token-of-${user}` });
  },
  GetItem({ request: { id }, metadata }: any, done: any) {
    seen.calls++;
    const own = Object.entries(metadata.getMap()).filter(([name]) => !OF_HTTP.has(name));
    if (own.length > 0) seen.metadata.push(Object.fromEntries(own));
    if (id === 404) done({ code: status.NOT_FOUND, details: `there is no item ${id}, ä` });
    else if (id === 500) done(new Error("broken"));
    else if (id === 1000) setTimeout(() => done(null, item(id)), 1000);
    else done(null, item(id));
  },
  async Watch(call: any) {
    seen.calls++;
    let [isOver, isCancelled] = [false, false];
    call.on("cancelled", () => {
      isCancelled = true;
      if (!isOver) seen.cancelled++;
    });
    const { item, count, every_ms } = call.request;
    for (let n = 0; n < count && !isCancelled; n++) {
      call.write({ n, item, price_cents: 100 + n, last: n === count - 1 });
      seen.messages++;
      await new Promise((next) => setTimeout(next, every_ms));
    }
    isOver = true;
    call.end();
  },
});
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  console.log(port);
});

await new Promise<void>((asked) => Deno.addSignalListener("SIGTERM", asked));
server.forceShutdown();
console.log(JSON.stringify(seen));
Deno.exit();
