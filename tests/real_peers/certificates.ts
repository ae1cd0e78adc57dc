/** Certificates as badssl.com has them: a good one, and each kind of bad one. */
import {
  type Certificate,
  issueCertificate,
  makeAuthority,
  selfSignedCertificate,
} from "../../cli/practice_certificates.ts";

/** Files of a certificate and its key. */
export type CertificateFiles = Readonly<{ cert: string; key: string }>;

/** What is wrong with it, if anything. */
export const CERTIFICATE_KINDS = [
  "good",
  "expired",
  "notYetValid",
  "wrongHost",
  "unknownIssuer",
  "selfSigned",
] as const;
export type CertificateKind = typeof CERTIFICATE_KINDS[number];

export type CertificateSet = Readonly<{
  /** What clients are to trust, as file and text. */
  ca: string;
  caPem: string;
  /** By `ca`, for a client; and one that nobody knows. */
  client: CertificateFiles;
  strangeClient: CertificateFiles;
  /** For `localhost` and 127.0.0.1, but for `wrongHost`. */
  server: Readonly<Record<CertificateKind, CertificateFiles>>;
}>;

/** Makes them anew in `folder`. */
export function writeCertificates(folder: string): CertificateSet {
  const authority = makeAuthority("test CA");
  const stranger = makeAuthority("another CA");
  const holder = { name: "test server", hosts: ["localhost", "127.0.0.1"] };
  const client = { name: "test client", hosts: [] };
  const written = (name: string, { certificatePem, keyPem }: Certificate): CertificateFiles => {
    const files = { cert: `${folder}/${name}.pem`, key: `${folder}/${name}.key` };
    Deno.writeTextFileSync(files.cert, certificatePem);
    Deno.writeTextFileSync(files.key, keyPem, { mode: 0o600 });
    return files;
  };
  return {
    ca: written("ca", authority).cert,
    caPem: authority.certificatePem,
    client: written("client", issueCertificate(authority, client)),
    strangeClient: written("strange_client", issueCertificate(stranger, client)),
    server: {
      good: written("good", issueCertificate(authority, holder)),
      expired: written("expired", issueCertificate(authority, { ...holder, validDays: [-3, -1] })),
      notYetValid: written("not_yet_valid", issueCertificate(authority, { ...holder, validDays: [1, 3] })),
      wrongHost: written("wrong_host", issueCertificate(authority, { ...holder, hosts: ["shop.test"] })),
      unknownIssuer: written("unknown_issuer", issueCertificate(stranger, holder)),
      selfSigned: written("self_signed", selfSignedCertificate(holder)),
    },
  };
}
