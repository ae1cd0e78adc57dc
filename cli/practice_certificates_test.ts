import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { issueCertificate, makeAuthority, selfSignedCertificate } from "./practice_certificates.ts";

const authority = makeAuthority("practice CA");

Deno.test("certificates say what they were made for", () => {
  const { certificatePem } = issueCertificate(authority, { name: "shop", hosts: ["shop.test", "127.0.0.1"] });
  const certificate = new X509Certificate(certificatePem);
  assert.equal(certificate.ca, false);
  assert.match(certificate.subject, /CN=shop/);
  assert.match(certificate.issuer, /CN=practice CA/);
  assert.equal(certificate.checkHost("shop.test"), "shop.test");
  assert.equal(certificate.checkHost("other.test"), undefined);
  assert.equal(new X509Certificate(authority.certificatePem).ca, true);
});

Deno.test("times are told on both sides of 2050", () => {
  const { certificatePem } = selfSignedCertificate({ name: "old", hosts: [], validDays: [-40_000, 40_000] });
  const { validFrom, validTo } = new X509Certificate(certificatePem);
  const years = [validFrom, validTo].map((text) => Number(/\d{4}/.exec(text.replace(/\d+:.*?:\d+/, ""))));
  const year = new Date().getUTCFullYear();
  assert.deepEqual(years.map((found) => Math.sign(found - year)), [-1, 1], `${validFrom} ${validTo}`);
});

Deno.test("a client trusts what the authority vouches for, under its own name, while it lasts", async () => {
  const holder = { name: "shop", hosts: ["localhost"] };
  const other = makeAuthority("other CA");
  const cases: [string, { certificatePem: string; keyPem: string }, RegExp | null][] = [
    ["good", issueCertificate(authority, holder), null],
    ["expired", issueCertificate(authority, { ...holder, validDays: [-3, -1] }), /[Ee]xpired/],
    [
      "not yet valid",
      issueCertificate(authority, { ...holder, validDays: [1, 3] }),
      /NotValidYet|not valid yet/,
    ],
    [
      "another name",
      issueCertificate(authority, { name: "shop", hosts: ["shop.test"] }),
      /[Nn]ot ?[Vv]alid ?[Ff]or ?[Nn]ame/,
    ],
    ["another issuer", issueCertificate(other, holder), /[Uu]nknown ?[Ii]ssuer/],
    ["self-signed", selfSignedCertificate(holder), /[Uu]nknown ?[Ii]ssuer|CaUsedAsEndEntity/],
  ];
  using client = Deno.createHttpClient({ caCerts: [authority.certificatePem] });
  for (const [name, { certificatePem, keyPem }, wrong] of cases) {
    await using server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", cert: certificatePem, key: keyPem, onListen: () => {} },
      () => new Response("ok"),
    );
    const answered = fetch(`https://localhost:${server.addr.port}/`, { client }).then((r) => r.text());
    if (wrong === null) assert.equal(await answered, "ok", name);
    else {await assert.rejects(answered, (error: Error) =>
        wrong.test(`${error.message} ${error.cause}`), name);}
  }
});
