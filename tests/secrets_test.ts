/** A secret reaches the target, and nothing that stays behind: plan, lock, executable, ledger, reports, messages. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { hasCompileBase } from "./compile_base.ts";
import { inFolder, runToEnd, Z6C } from "./running.ts";
import { TRANSPORTS } from "./transports.ts";

const SECRET = "s3cr3t-0f-the-test";
/** As it may look on the way: in base64 of `user:secret`, and as JSON or in a URL, which leave it as it is. */
const SHAPES = [SECRET, btoa(`user:${SECRET}`)];

const scenario = (base: string, transport: string) =>
  `name = "vault"
[target]
base = "${base}"
transport = "${transport}"
[load]
model = "closed"
vus = 1
iterations = 3
[[flow]]
name = "f"
[[flow.step]]
name = "header"
get = "/header"
headers = { x-key = "\${secret.VAULT_KEY}" }
expect = { status = 201 }
[[flow.step]]
name = "query"
post = "/query"
query = { key = "\${secret.VAULT_KEY}" }
json = { key = "\${secret.VAULT_KEY}" }
[[flow.step]]
name = "basic"
get = "/basic"
auth = { basic = ["user", "\${secret.VAULT_KEY}"] }
[[flow.step]]
name = "echo"
get = "/echo"
headers = { x-key = "\${secret.VAULT_KEY}" }
expect = { body = { contains = "no such text" } }
capture = { seen = { regex = 'x-key: (\\S+)' } }
[[flow.step]]
name = "dropped"
get = "/dropped?key=\${secret.VAULT_KEY}"
`;

/** Answers, with the request itself for `/echo`, and drops the connection for `/dropped`; keeps what it was told. */
function startVault(): { url: string; heard: string[]; stop(): void } {
  const heard: string[] = [];
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serve = async (socket: Deno.Conn) => {
    const buffer = new Uint8Array(65_536);
    try {
      for (let length = await socket.read(buffer); length !== null; length = await socket.read(buffer)) {
        const request = new TextDecoder().decode(buffer.subarray(0, length));
        heard.push(request);
        if (request.startsWith("GET /dropped")) break;
        const body = request.startsWith("GET /echo") ? request : "ok";
        const head = `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n`;
        await socket.write(new TextEncoder().encode(head + body));
      }
    } catch {
      // The client was faster.
    }
    socket.close();
  };
  (async () => {
    for await (const socket of listener) serve(socket);
  })();
  return { url: `http://127.0.0.1:${listener.addr.port}`, heard, stop: () => listener.close() };
}

const base = await hasCompileBase(Deno.build.target);

for (const transport of TRANSPORTS) {
  Deno.test({ name: `a secret is sent and nowhere kept: ${transport}`, sanitizeOps: false }, async () => {
    await inFolder(async (folder) => {
      const vault = startVault();
      try {
        Deno.writeTextFileSync(join(folder, "vault.toml"), scenario(vault.url, transport));
        const said: string[] = [];
        // Known to z6c's own environment while it builds, too.
        const env = { VAULT_KEY: SECRET };
        const built = await runToEnd([...Z6C, "build", "vault.toml"], {
          cwd: folder,
          env: { ...Deno.env.toObject(), ...env },
        });
        said.push(built.stdout, built.stderr);
        assert.equal(built.code, 0, built.stderr);
        for (const args of [["--report", "json,text"], ["--json"], ["plan"]]) {
          const ended = await runToEnd([join(folder, "vault"), ...args], { cwd: folder, env });
          said.push(ended.stdout, ended.stderr);
          assert.match(ended.stdout, /vault/);
        }
        const without = await runToEnd([join(folder, "vault")], { cwd: folder, env: {} });
        assert.equal(without.code, 104);
        assert.match(without.stderr, /VAULT_KEY/);

        for (const path of ["/header", "/query", "/basic", "/echo", "/dropped"]) {
          const request = vault.heard.find((it) => it.includes(path));
          assert(
            request !== undefined && SHAPES.some((shape) => request.includes(shape)),
            `${path} carries it`,
          );
        }
        for (const shape of SHAPES) {
          for (const text of said) assert(!text.includes(shape), text);
          for (const path of filesBelow(folder)) assert(!holds(path, shape), `${path} holds the secret`);
        }
        if (!base) {
          console.log("the portable form is compressed, so only its ledger, plan and lock were searched");
        }
      } finally {
        vault.stop();
      }
    });
  });
}

function* filesBelow(folder: string): Generator<string> {
  for (const entry of Deno.readDirSync(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) yield* filesBelow(path);
    else yield path;
  }
}

function holds(path: string, text: string): boolean {
  return new TextDecoder("latin1").decode(Deno.readFileSync(path)).includes(text);
}
