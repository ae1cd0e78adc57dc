import { equal, match, rejects } from "node:assert/strict";
import { samplePlan } from "../../tests/sample_plans.ts";
import { writeCertificates } from "../../tests/real_peers/certificates.ts";
import type { Target, Tls } from "../plan.ts";
import { UserError } from "../user_error.ts";
import { preflight } from "./preflight.ts";

const PLAIN: Tls = { ca: null, cert: null, key: null, serverName: "", insecure: false };

function targetAt(port: number, changes: Partial<Target>): Target {
  const [target] = samplePlan({ target: { scheme: "https", port, tls: PLAIN } }).targets;
  return { ...target, ...changes };
}

function says(wanted: RegExp): (cause: unknown) => boolean {
  return (cause) => {
    if (!(cause instanceof UserError)) throw cause;
    equal(cause.exitCode, 1);
    match(cause.message, wanted);
    return true;
  };
}

Deno.test({
  name: "a target must be there and be who it should be, before anything is sent",
  // Handshakes that their server gave up.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "z6c-preflight-" });
    try {
      const { caPem, server } = writeCertificates(folder);
      const texts = { ca: caPem, cert: null, key: null };
      const expired = { cert: server.expired.cert, key: server.expired.key };
      const good = { cert: server.good.cert, key: server.good.key };
      const listenerOf = ({ cert, key }: typeof good) =>
        Deno.listenTls({
          hostname: "127.0.0.1",
          port: 0,
          cert: Deno.readTextFileSync(cert),
          key: Deno.readTextFileSync(key),
          alpnProtocols: ["http/1.1"],
        });
      using bad = listenerOf(expired);
      using well = listenerOf(good);
      let heard = 0;
      for (const listener of [bad, well]) {
        (async () => {
          for await (const socket of listener) {
            socket.read(new Uint8Array(1)).then((bytes) => heard += bytes ?? 0, () => {});
          }
        })();
      }
      const { port } = well.addr;
      await preflight(targetAt(port, {}), texts);
      await preflight(targetAt(port, { slots: 0, protocol: "h2" }), texts);
      await preflight(targetAt(bad.addr.port, { tls: { ...PLAIN, insecure: true } }), texts);
      const cases: [Target, RegExp][] = [
        [targetAt(bad.addr.port, {}), /has expired.*\(tls\.expired\): invalid peer.*\n +renew the target's/],
        [targetAt(port, { tls: { ...PLAIN, serverName: "shop.test" } }), /another name \(tls\.host\)/],
        [targetAt(port, { protocol: "h2" }), /\(tls\.protocol\).*NoApplicationProtocol/],
      ];
      for (const [target, wanted] of cases) await rejects(preflight(target, texts), says(wanted));
      const untrusted = preflight(targetAt(port, {}), { ...texts, ca: null });
      await rejects(untrusted, says(/\(tls\.issuer\).*\n +name its authority with tls = \{ ca/));
      equal(heard, 0);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
