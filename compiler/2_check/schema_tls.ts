/** The schema of `tls`: what a target's certificate is held against, and what it is shown. */
import { z } from "../zod/zod.ts";
import { choice, flag, plainText, template } from "./fields.ts";

/** `tls` of a target. What may stand in a text is checked in `check_tls.ts`. */
export const tlsSchema = z.strictObject({
  ca: template.optional().describe(
    "A file of certificates, PEM, that are trusted beside Mozilla's authorities; or `${secret.NAME}`.",
  ),
  cert: template.optional().describe(
    "A file with the client's certificate, PEM; or `${secret.NAME}`. It needs `key`.",
  ),
  key: template.optional().describe(
    "A file with the client's private key, PEM; or `${secret.NAME}`. Read when the executable starts, always: a key " +
      "becomes part of no plan.",
  ),
  server_name: plainText.optional().describe(
    "The name that is asked for (SNI) and looked for in the certificate. Without it, the host of `base`.",
  ),
  insecure: flag.prefault(false).describe("Any certificate is accepted, whoever it is from."),
  read: choice(["build", "start"]).prefault("build").describe(
    "When the files of `ca` and `cert` are read. `build`: they become part of the plan, and their paths are relative " +
      "to the scenario. `start`: when the executable starts, from paths relative to the folder it is run in.",
  ),
}, { error: 'a table, such as { ca = "ca.pem" }' }).meta({ id: "tls" });

export type FoundTls = z.output<typeof tlsSchema>;
