/**
 * Throw-away X.509 certificates (RFC 5280) for practice and for tests: an authority, and what it vouches for. Keys are
 * of the curve P-256; signatures are ECDSA with SHA-256 (RFC 5758).
 */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

/** A certificate and its private key, as PEM. */
export type Certificate = Readonly<{ certificatePem: string; keyPem: string }>;

/** One that may sign others. */
export type Authority = Certificate & Party;

/** Whom a certificate is for. */
export type Holder = Readonly<{
  name: string;
  /** Names and IPv4 addresses it answers for; none of a client. */
  hosts: readonly string[];
  /** Days from now; negative ones have gone by. */
  validDays?: readonly [from: number, until: number];
}>;

type Party = Readonly<{ name: string; key: KeyObject; publicKey: KeyObject }>;

const DAY_MS = 86_400_000;
const USUAL_DAYS = [-1, 30] as const;

/** An authority of this name that nobody trusts yet. */
export function makeAuthority(name: string): Authority {
  const { privateKey, publicKey } = keyPair();
  const own = { name, key: privateKey, publicKey };
  const body = certificateBody(own, { name, hosts: [] }, publicKey, true);
  return { ...own, ...pemOf(body, own, privateKey) };
}

/** A certificate for servers and clients alike that `authority` vouches for. */
export function issueCertificate(authority: Authority, holder: Holder): Certificate {
  const { privateKey, publicKey } = keyPair();
  return pemOf(certificateBody(authority, holder, publicKey, false), authority, privateKey);
}

/** A certificate that only its holder vouches for. */
export function selfSignedCertificate(holder: Holder): Certificate {
  const { privateKey, publicKey } = keyPair();
  const own = { name: holder.name, key: privateKey, publicKey };
  return pemOf(certificateBody(own, holder, publicKey, false), own, privateKey);
}

function keyPair(): { privateKey: KeyObject; publicKey: KeyObject } {
  return generateKeyPairSync("ec", { namedCurve: "P-256" });
}

/** Section 4.1: the signed body and its signature. */
function pemOf(body: Uint8Array, issuer: Party, key: KeyObject): Certificate {
  const signature = sign("sha256", body, issuer.key);
  const whole = sequence(body, ECDSA_SHA256, bits(signature));
  return {
    certificatePem: `-----BEGIN CERTIFICATE-----\n${lines(whole.toBase64())}-----END CERTIFICATE-----\n`,
    keyPem: key.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

/** Section 4.1.2. */
function certificateBody(
  issuer: Party,
  { name, hosts, validDays: [from, until] = USUAL_DAYS }: Holder,
  publicKey: KeyObject,
  isAuthority: boolean,
): Uint8Array {
  const nowMs = Date.now();
  const extensions = [
    extension(OID.basicConstraints, sequence(...(isAuthority ? [TRUE] : [])), true),
    extension(OID.keyUsage, isAuthority ? CERT_SIGN : DIGITAL_SIGNATURE, true),
    extension(OID.subjectKeyId, octets(keyId(publicKey))),
    extension(OID.authorityKeyId, sequence(der(0x80, keyId(issuer.publicKey)))),
    ...(isAuthority ? [] : [extension(OID.extendedKeyUsage, sequence(OID.serverAuth, OID.clientAuth))]),
    ...(hosts.length === 0 ? [] : [extension(OID.subjectAltName, sequence(...hosts.map(generalName)))]),
  ];
  return sequence(
    VERSION_3,
    der(0x02, Uint8Array.of(0x40, ...randomBytes(15))),
    ECDSA_SHA256,
    distinguishedName(issuer.name),
    sequence(time(nowMs + from * DAY_MS), time(nowMs + until * DAY_MS)),
    distinguishedName(name),
    keyInfo(publicKey),
    der(0xa3, sequence(...extensions)),
  );
}

/** Section 4.2.1.2, the first way: of what the bit string of the key holds, a point of 65 bytes. */
function keyId(publicKey: KeyObject): Uint8Array {
  return new Uint8Array(createHash("sha1").update(keyInfo(publicKey).subarray(-65)).digest());
}

function keyInfo(publicKey: KeyObject): Uint8Array {
  return new Uint8Array(publicKey.export({ type: "spki", format: "der" }));
}

/** Section 4.2.1.6: an address where it looks like one, a name otherwise. */
function generalName(host: string): Uint8Array {
  return /^\d+(?:\.\d+){3}$/.test(host)
    ? der(0x87, Uint8Array.from(host.split("."), Number))
    : der(0x82, new TextEncoder().encode(host));
}

function distinguishedName(commonName: string): Uint8Array {
  const text = der(0x0c, new TextEncoder().encode(commonName));
  return sequence(der(0x31, sequence(OID.commonName, text)));
}

/** Section 4.1.2.5: two digits for the year up to 2049, four from then on. */
function time(ms: number): Uint8Array {
  const digits = new Date(ms).toISOString().replace(/\.\d+|[-:T]/g, "");
  const isShort = Number(digits.slice(0, 4)) < 2050;
  return der(isShort ? 0x17 : 0x18, new TextEncoder().encode(isShort ? digits.slice(2) : digits));
}

function extension(id: Uint8Array, value: Uint8Array, critical = false): Uint8Array {
  return sequence(id, ...(critical ? [TRUE] : []), octets(value));
}

/** Object identifiers, encoded. */
const OID = {
  commonName: oid(0x55, 4, 3),
  subjectKeyId: oid(0x55, 29, 14),
  keyUsage: oid(0x55, 29, 15),
  subjectAltName: oid(0x55, 29, 17),
  basicConstraints: oid(0x55, 29, 19),
  authorityKeyId: oid(0x55, 29, 35),
  extendedKeyUsage: oid(0x55, 29, 37),
  serverAuth: oid(0x2b, 6, 1, 5, 5, 7, 3, 1),
  clientAuth: oid(0x2b, 6, 1, 5, 5, 7, 3, 2),
} as const;
const ECDSA_SHA256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2));
const VERSION_3 = der(0xa0, der(0x02, Uint8Array.of(2)));
const TRUE = der(0x01, Uint8Array.of(0xff));
/** Section 4.2.1.3: bits 5 and 6, and bit 0. */
const CERT_SIGN = der(0x03, Uint8Array.of(1, 0b0000_0110));
const DIGITAL_SIGNATURE = der(0x03, Uint8Array.of(7, 0b1000_0000));

function oid(...bytes: number[]): Uint8Array {
  return der(0x06, Uint8Array.from(bytes));
}

function octets(content: Uint8Array): Uint8Array {
  return der(0x04, content);
}

function bits(content: Uint8Array): Uint8Array {
  return der(0x03, Uint8Array.of(0, ...content));
}

function sequence(...parts: readonly Uint8Array[]): Uint8Array {
  return der(0x30, Uint8Array.from(parts.flatMap((part) => [...part])));
}

/** Tag, length and content (X.690 section 8.1). */
function der(tag: number, content: Uint8Array): Uint8Array {
  const { length } = content;
  const head = length < 0x80
    ? [length]
    : length < 0x100
    ? [0x81, length]
    : [0x82, length >> 8, length & 0xff];
  return Uint8Array.of(tag, ...head, ...content);
}

function lines(base64: string): string {
  return base64.replace(/.{1,64}/g, "$&\n");
}
