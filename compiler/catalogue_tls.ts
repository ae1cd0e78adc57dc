/** Codes of protocols and certificates: 1414 to 1421. */
import type { CatalogueEntry } from "./catalogue_entry.ts";

const SHOP = '[target]\nbase = "https://shop.test"\n';
const LOCAL = '[target]\nbase = "http://127.0.0.1:8080"\n';

export const TLS_CODES: readonly CatalogueEntry[] = [
  {
    code: "Z1414",
    title: "certificates without TLS",
    cause: "tls says what certificates are held against, and a base of http has none.",
    example: `[target]
base = "http://shop.test"
tls = { ca = "ca.pem" }`,
    mend: `${SHOP}tls = { ca = "ca.pem" }`,
  },
  {
    code: "Z1415",
    title: "certificate without key",
    cause: "A client shows its certificate and proves with the key that it is its own: both, or neither.",
    example: `${SHOP}tls = { cert = "client.pem" }`,
    mend: `${SHOP}tls = { cert = "client.pem", key = "client.key" }`,
  },
  {
    code: "Z1416",
    title: "certificate from nowhere",
    cause:
      "ca, cert and key name files, or are one secret each. A key stands in no scenario, for it would stand in the plan.",
    example: `${SHOP}tls = { cert = "client.pem", key = "-----BEGIN PRIVATE KEY-----" }`,
    mend: `${SHOP}tls = { cert = "client.pem", key = "\${secret.CLIENT_KEY}" }`,
  },
  {
    code: "Z1417",
    title: "no certificate in the file",
    cause:
      "What becomes part of the plan is held against its form first: certificates in PEM, and no private key beside them.",
    example: `${SHOP}tls = { ca = "users.txt" }`,
    mend: `${SHOP}tls = { ca = "ca.pem" }`,
  },
  {
    code: "Z1418",
    title: "no name for a server",
    cause: "server_name is a host name, as certificates have them; no address, no port, no scheme.",
    example: `${SHOP}tls = { server_name = "https://shop.test" }`,
    mend: `${SHOP}tls = { server_name = "shop.test" }`,
  },
  {
    code: "Z1419",
    title: "nothing to settle the protocol",
    cause: "With auto, the target chooses the protocol in the TLS handshake (ALPN), and http has none.",
    example: `${LOCAL}protocol = "auto"`,
    mend: `${LOCAL}protocol = "h2"`,
  },
  {
    code: "Z1420",
    title: "streams where there are none",
    cause:
      "Several requests at once on one connection take HTTP/2, and sessions that share their connections.",
    example: `${LOCAL}connections = "shared:4"
streams = 100`,
    mend: `${LOCAL}connections = "shared:4"
protocol = "h2"
streams = 100`,
  },
  {
    code: "Z1421",
    title: "what the transport cannot do",
    cause:
      "The client of the Deno runtime opens no WebSockets as a plan has them, speaks HTTP/2 over TLS only, and knows neither server_name nor insecure.",
    example: `${LOCAL}transport = "fetch"
protocol = "h2"`,
    mend: `${LOCAL}transport = "socket"
protocol = "h2"`,
  },
];
