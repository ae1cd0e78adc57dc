import assert from "node:assert/strict";
import { compile } from "../compile.ts";
import { importScenario } from "./import_scenario.ts";

/** A document around some paths and components; YAML, indented as it stands. */
function document(paths: string, rest = ""): string {
  return `openapi: 3.0.3\ninfo: { title: "Shop API", version: "1" }\nservers: [{ url: https://a.test/v1 }]\n${rest}\npaths:\n${paths}`;
}

function imported(text: string): string {
  const found = importScenario("api.yaml", text, null);
  if ("refused" in found) throw new Error(found.refused);
  const { diagnostics } = compile("api.toml", found.scenario, {
    environment: new Map(),
    version: "0",
    readFile: () => ({ reason: "no files here" }),
  });
  assert.deepEqual(diagnostics, [], found.scenario);
  return found.scenario;
}

/** The comments and keys of the only step. */
function step(paths: string, rest = ""): string {
  const scenario = imported(document(paths, rest));
  const [, body = ""] = scenario.split('name = "operations"\n\n');
  return body.split("\n\n[[threshold]]")[0]?.replace("[[flow.step]]\n", "").trim() ?? "";
}

const operation = (lines: string) =>
  `  /x:\n    post:\n      operationId: op\n${lines.replace(/^/gm, "      ")}`;
const schema = (text: string) =>
  operation(`requestBody: { content: { application/json: { schema: ${text} } } }`);

Deno.test("parameters, from examples and schemas", () => {
  const parameter = (text: string) =>
    `  /x/{p}:\n    get:\n      operationId: op\n      parameters: [{ name: p, in: path, required: true, ${text} }]`;
  const cases: [string, string, string][] = [
    ["example", parameter("example: a b"), 'get = "/x/a%20b"'],
    ["example of the schema", parameter("schema: { type: string, example: q/r }"), 'get = "/x/q%2Fr"'],
    ["default", parameter("schema: { type: string, default: d }"), 'get = "/x/d"'],
    [
      "bounds",
      parameter("schema: { type: integer, minimum: 5, maximum: 9 }"),
      'get = "/x/${random.int(5, 9)}"',
    ],
    ["uuid", parameter("schema: { type: string, format: uuid }"), 'get = "/x/${uuid}"'],
    ["choice", parameter("schema: { type: string, enum: [a, b] }"), `get = "/x/\${random.choice('a', 'b')}"`],
    ["nothing", parameter("schema: { type: string }"), 'get = "/x/p"'],
  ];
  for (const [what, text, wanted] of cases) assert.ok(step(text).includes(wanted), `${what}: ${step(text)}`);
  assert.match(
    step(parameter("schema: { type: string }")),
    /^# Invented, as the document has no example: p\n/,
  );

  const several = step(operation(`parameters:
  - { name: q, in: query, required: true, schema: { type: array, items: { type: string, example: t } } }
  - { name: opt, in: query, schema: { type: string } }
  - { name: page, in: query, schema: { type: integer, example: 2 } }
  - { name: X-Trace, in: header, required: true, example: abc }
  - { name: sid, in: cookie, required: true, example: c }
  - { name: Accept, in: header, required: true, example: never }`));
  assert.ok(
    several.includes('query = { q = "t", page = "2" }\nheaders = { x-trace = "abc", cookie = "sid=c" }'),
    several,
  );
  assert.ok(several.includes("# Optional and not sent: opt\n"), several);
});

Deno.test("bodies, from examples and schemas", () => {
  const cases: [string, string, string][] = [
    [
      "required properties",
      schema(
        "{ required: [a, b], properties: { a: { type: string }, b: { type: integer, minimum: 3 }, c: { type: string } } }",
      ),
      'json = { a = "a", b = 3 }',
    ],
    [
      "optional ones with examples",
      schema("{ required: [a], properties: { a: { type: boolean }, c: { example: [1, 2] } } }"),
      "json = { a = true, c = [1, 2] }",
    ],
    [
      "read only ones are not sent",
      schema("{ properties: { id: { type: integer, readOnly: true }, n: { type: number } } }"),
      "json = { n = 1 }",
    ],
    [
      "allOf",
      schema("{ allOf: [{ properties: { a: { example: 1 } } }, { properties: { b: { example: x } } }] }"),
      'json = { a = 1, b = "x" }',
    ],
    [
      "oneOf",
      schema(
        "{ oneOf: [{ type: 'null' }, { type: array, minItems: 2, items: { type: string, format: date } }] }",
      ),
      'json = ["2026-01-31", "2026-01-31"]',
    ],
    ["types of 3.1", schema("{ type: ['null', string], examples: [hi] }"), 'json = "hi"'],
    ["uuid", schema("{ type: string, format: uuid }"), 'json = "${uuid}"'],
    [
      "the example of the body",
      operation("requestBody: { content: { application/json: { example: { z: 1.5 } } } }"),
      "json = { z = 1.5 }",
    ],
    [
      "a form",
      operation(
        "requestBody: { content: { application/x-www-form-urlencoded: { schema: { properties: { a: { example: b } } } } } }",
      ),
      'form = { a = "b" }',
    ],
    [
      "multipart",
      operation(
        "requestBody: { content: { multipart/form-data: { schema: { properties: { a: { example: b } } } } } }",
      ),
      'multipart = { a = "b" }',
    ],
    [
      "text",
      operation("requestBody: { content: { text/plain: { example: hello } } }"),
      'headers = { content-type = "text/plain" }\nbody = "hello"',
    ],
  ];
  for (const [what, text, wanted] of cases) assert.ok(step(text).includes(wanted), `${what}: ${step(text)}`);
});

Deno.test("several examples become data", () => {
  const bodies = imported(
    document(
      operation(
        `requestBody: { content: { application/json: { examples: { a: { value: { n: 1, s: x } }, b: { value: { n: 2, s: y } } } } } }`,
      ),
    ),
  );
  assert.ok(
    bodies.includes('[[data]]\nname = "op_bodies"\nrows = [{ n = 1, s = "x" }, { n = 2, s = "y" }]'),
    bodies,
  );
  assert.ok(bodies.includes('json = { n = "${op_bodies.n}", s = "${op_bodies.s}" }'), bodies);
  const parameter = imported(
    document(
      operation(
        "parameters: [{ name: q, in: query, required: true, examples: { a: { value: 1 }, b: { value: z } } }]",
      ),
    ),
  );
  assert.ok(parameter.includes('query = { q = "${op_q.value}" }'), parameter);
});

Deno.test("a schema that contains itself ends", () => {
  const node =
    "components: { schemas: { Node: { properties: { v: { type: integer }, next: { $ref: '#/components/schemas/Node' } } } } }";
  assert.ok(step(schema("{ $ref: '#/components/schemas/Node' }"), node).includes("json = { v = 1 }"));
  const circle =
    "components: { schemas: { A: { $ref: '#/components/schemas/B' }, B: { $ref: '#/components/schemas/A' } } }";
  assert.ok(step(schema("{ $ref: '#/components/schemas/A' }"), circle).includes("op"));
});

Deno.test("security schemes say who sends", () => {
  const scheme = (text: string) =>
    `security: [{ key: [] }]\ncomponents: { securitySchemes: { key: ${text} } }`;
  const cases: [string, string][] = [
    ["{ type: http, scheme: bearer }", 'auth = { bearer = "${secret.KEY}" }'],
    [
      "{ type: http, scheme: Basic }",
      'auth = { basic = ["${env.KEY_USER:-user}", "${secret.KEY_PASSWORD}"] }',
    ],
    ["{ type: apiKey, in: header, name: X-Key }", 'headers = { x-key = "${secret.KEY}" }'],
    ["{ type: apiKey, in: query, name: k }", 'query = { k = "${secret.KEY}" }'],
    ["{ type: apiKey, in: cookie, name: c }", 'headers = { cookie = "c=${secret.KEY}" }'],
    [
      "{ type: oauth2, flows: { clientCredentials: { tokenUrl: https://a.test/t } } }",
      "# key wants a token from https://a.test/t: get one before the run.",
    ],
  ];
  for (const [text, wanted] of cases) {
    const found = step(operation("responses: {}"), scheme(text));
    assert.ok(found.includes(wanted), `${text}: ${found}`);
  }
  assert.ok(!step(operation("security: []"), scheme("{ type: http, scheme: bearer }")).includes("auth"));
});

Deno.test("links become captures", () => {
  const scenario = imported(document(`  /orders:
    post:
      operationId: create
      responses: { '201': { links: { get: { operationId: read, parameters: { path.id: '$response.body#/id' } } } } }
  /orders/{id}:
    get:
      operationId: read
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
`));
  assert.ok(
    scenario.includes(
      'expect = { status = 201 }\ncapture = { id = { json = "/id" } }\non_error = "end-session"',
    ),
    scenario,
  );
  assert.ok(scenario.includes('get = "/orders/${id}"'), scenario);
});

Deno.test("servers", () => {
  const paths = "paths: { /x: { get: {} } }";
  const cases: [string, string][] = [
    [
      "servers: [{ url: 'https://{h}.test/{v}/', variables: { h: { default: eu }, v: { enum: [v2] } } }]",
      "https://eu.test/v2",
    ],
    ["servers: [{ url: /api }]", "http://127.0.0.1:8080/api"],
    ["x-nothing: 1", "http://127.0.0.1:8080"],
  ];
  for (const [text, wanted] of cases) {
    assert.ok(imported(`openapi: 3.1.0\n${text}\n${paths}`).includes(`base = "${wanted}"`), text);
  }
});

Deno.test("documents without a request are refused, with their place", () => {
  const cases: [string, string][] = [
    ["swagger: '2.0'\npaths: {}", "api.yaml:1:10: this is Swagger 2.0; convert it to OpenAPI 3 first"],
    ["info: {}\nopenapi: 4.0.0", 'api.yaml:2:10: OpenAPI "4.0.0" is not read; 3.0 and 3.1 are'],
    [
      "openapi: 3.0.0\npaths:\n  /x: {}",
      "api.yaml:3:3: paths has no operation that a scenario could request",
    ],
    ["openapi: 3.0.0\n", "api.yaml:1:1: the document has no table paths, so there is nothing to request"],
    [
      "openapi: 3.0.0\npaths: [1",
      "api.yaml:2:10: this is no YAML: flow sequence in block collection must be sufficiently indented and end with a ]",
    ],
    [
      '{"openapi": "3.0.0",\n "paths": {,}}',
      'api.yaml:2:12: a key in double quotes, or "}", is missing here',
    ],
    ["- 1", "api.yaml:1:1: this is no OpenAPI document: it is no table"],
  ];
  for (const [text, wanted] of cases) {
    const found = importScenario("api.yaml", text, "openapi");
    assert.equal("refused" in found ? found.refused : found.scenario, wanted);
  }
});
