/** The schema of `auth`: who sends the requests. */
import { z } from "../zod/zod.ts";
import { choice, template } from "./fields.ts";

const oauth2Schema = z.strictObject({
  token_url: template.describe(
    "Where the token is: a path on the same target, or an absolute URL of a target's origin.",
  ),
  client_id: template.describe("The client's name."),
  client_secret: template.describe("The client's secret, as in `${secret.CLIENT_SECRET}`."),
  scope: template.optional().describe("The scopes asked for, with spaces between."),
  audience: template.optional().describe("The audience asked for, where the server wants one."),
  send: choice(["basic", "body"]).prefault("basic").describe(
    "How the client says who it is (RFC 6749, section 2.3.1): in the header `authorization`, or in the body.",
  ),
  per: choice(["run", "session"]).prefault("run").describe(
    "`run`: one token for all, got in the setup. `session`: each session gets one first.",
  ),
}, { error: "a table with token_url, client_id and client_secret" });

/** `auth` of a target and of a step. */
export const authSchema = z.strictObject({
  basic: z.tuple([template, template], { error: 'a list of two texts, such as ["user", "password"]' })
    .optional().describe("User and password (RFC 7617)."),
  bearer: template.optional().describe("A bearer token (RFC 6750)."),
  oauth2: oauth2Schema.optional().describe(
    "A bearer token got with client credentials (RFC 6749, section 4.4). `z6c plan` shows the step that gets it.",
  ),
}, { error: 'a table, such as { bearer = "${secret.TOKEN}" }' }).meta({ id: "auth" });
