import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { issueCertificate, makeAuthority } from "../../cli/practice_certificates.ts";
import { samplePlan } from "../../tests/sample_plans.ts";
import type { Plan, Tls } from "../plan.ts";
import { UserError } from "../user_error.ts";
import { readTlsTexts } from "./tls_texts.ts";

const authority = makeAuthority("test CA");
const client = issueCertificate(authority, { name: "client", hosts: [] });
const other = issueCertificate(authority, { name: "other", hosts: [] });

function planWith(tls: Partial<Tls>): Plan {
  const none: Tls = { ca: null, cert: null, key: null, serverName: "", insecure: false };
  const target = { scheme: "https", host: "shop.test", port: 443, tls: { ...none, ...tls } } as const;
  return samplePlan({ secrets: ["CERT"], target, targets: [{ name: "plain" }] });
}

async function inFolder(use: (path: (name: string) => string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "z6c-tls-texts-" });
  try {
    await use((name) => `${folder}/${name}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("texts come from the plan, from files and from secrets", () =>
  inFolder(async (path) => {
    await Deno.writeTextFile(path("client.key"), client.keyPem);
    const plan = planWith({
      ca: { kind: "text", text: authority.certificatePem },
      cert: { kind: "secret", secret: 0 },
      key: { kind: "file", path: path("client.key") },
    });
    deepEqual(await readTlsTexts(plan, [client.certificatePem]), [
      { ca: authority.certificatePem, cert: client.certificatePem, key: client.keyPem },
      { ca: null, cert: null, key: null },
    ]);
  }));

Deno.test("what cannot be used is told with its name, and without what is in it", () =>
  inFolder(async (path) => {
    await Deno.writeTextFile(path("client.pem"), client.certificatePem);
    await Deno.writeTextFile(path("client.key"), client.keyPem);
    await Deno.writeTextFile(path("other.key"), other.keyPem);
    await Deno.writeTextFile(path("junk"), "junk");
    const file = (name: string) => ({ kind: "file", path: path(name) }) as const;
    const cases: [Partial<Tls>, RegExp][] = [
      [{ ca: file("absent.pem") }, /absent\.pem is not there; lay it there/],
      [{ ca: file("") }, /cannot be read/],
      [{ ca: file("junk") }, /junk holds no certificate in PEM/],
      [{ cert: file("client.key"), key: file("client.key") }, /client\.key holds no certificate/],
      [{ cert: file("client.pem"), key: file("junk") }, /junk holds no private key in PEM/],
      [{ cert: file("client.pem"), key: file("client.pem") }, /client\.pem holds no private key/],
      [{ cert: file("client.pem"), key: file("other.key") }, /other\.key is not the key of .*client\.pem/],
      [{ ca: { kind: "text", text: "" } }, /tls\.ca of https:\/\/shop\.test holds no certificate/],
      [{ ca: { kind: "secret", secret: 0 } }, /tls\.ca of https:\/\/shop\.test holds no certificate/],
    ];
    for (const [tls, wanted] of cases) {
      await rejects(readTlsTexts(planWith(tls), ["secret words"]), (cause) => {
        if (!(cause instanceof UserError)) throw cause;
        equal(cause.exitCode, 104);
        match(cause.message, wanted);
        equal(/secret words|BEGIN|MI[IG]/.test(cause.message), false);
        return true;
      });
    }
  }));
