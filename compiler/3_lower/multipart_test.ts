import assert from "node:assert/strict";
import fc from "fast-check";
import type { Template } from "../../runtime/plan_templates.ts";
import type { MultipartPart } from "../2_check/scenario.ts";
import { lowerMultipart } from "./multipart.ts";
import type { SlotContext } from "./templates.ts";

const place = { line: 1, column: 1, endLine: 1, endColumn: 2 };
const context: SlotContext = { stages: [], nextUse: () => 0, captureAt: () => 0, secretAt: () => 0 };
const field = (name: string, ...text: Extract<MultipartPart, { kind: "text" }>["text"]): MultipartPart => ({
  kind: "text",
  name,
  place,
  text,
});
const file = (name: string, bytes: Uint8Array<ArrayBuffer>): MultipartPart => ({
  kind: "file",
  name,
  place,
  bytes,
  fileName: 'a "b".png',
  type: "image/png",
});

/** The bytes of a template without slots. */
function bytesOf(template: Template): Uint8Array<ArrayBuffer> {
  const chunks = template.map((part) => {
    if (typeof part === "string") return new TextEncoder().encode(part);
    assert("base64" in part);
    return Uint8Array.fromBase64(part.base64);
  });
  return new Uint8Array(chunks.flatMap((chunk) => [...chunk]));
}

Deno.test("parts as RFC 7578 has them, variables among them", () => {
  const { template, contentType } = lowerMultipart([
    field("who", "é ", { variable: "session", place }),
    file('up"load', new Uint8Array([0x89, 0x50])),
    field("empty"),
  ], context);
  const boundary = contentType.replace("multipart/form-data; boundary=", "");
  assert.match(boundary, /^z6c-[0-9a-f]{32}$/);
  assert.deepEqual(template, [
    `--${boundary}\r\nContent-Disposition: form-data; name="who"\r\n\r\né `,
    { slot: "session" },
    `\r\n--${boundary}\r\nContent-Disposition: form-data; name="up%22load"; filename="a %22b%22.png"\r\n` +
    "Content-Type: image/png\r\n\r\n",
    { base64: "iVA=" },
    `\r\n--${boundary}\r\nContent-Disposition: form-data; name="empty"\r\n\r\n\r\n--${boundary}--\r\n`,
  ]);
});

Deno.test("the boundary follows from the content, and from nothing else", () => {
  const boundary = (...parts: MultipartPart[]) => lowerMultipart(parts, context).contentType;
  const moved = { ...field("a", "1"), place: { ...place, line: 9 } };
  assert.equal(boundary(field("a", "1")), boundary(moved));
  const others = [field("a", "2"), field("b", "1"), field("a", "1", { variable: "vu", place })];
  const all = [boundary(field("a", "1")), ...others.map((part) => boundary(part))];
  assert.equal(new Set(all).size, 4);
});

Deno.test("another reader of multipart bodies finds what was put in", async () => {
  const name = fc.string({ unit: fc.constantFrom("a", "é", " ", "-"), minLength: 1 });
  const parts = fc.array(
    fc.oneof(
      fc.tuple(name, fc.string({ unit: "grapheme" })).map(([name, text]) =>
        text === "" ? field(name) : field(name, text)
      ),
      fc.tuple(name, fc.uint8Array()).map(([name, bytes]) => file(name, new Uint8Array(bytes))),
    ),
    { minLength: 1, maxLength: 4 },
  );
  await fc.assert(fc.asyncProperty(parts, async (parts) => {
    const { template, contentType } = lowerMultipart(parts, context);
    const form = await new Response(bytesOf(template), { headers: { "content-type": contentType } })
      .formData();
    const found = [...form.entries()];
    assert.equal(found.length, parts.length);
    for (const [index, part] of parts.entries()) {
      const [name, value] = found[index];
      assert.equal(name, part.name);
      if (part.kind === "text") assert.equal(value, part.text.join(""));
      else {
        assert(value instanceof File);
        assert.equal(value.type, part.type);
        assert.deepEqual(new Uint8Array(await value.arrayBuffer()), part.bytes);
      }
    }
  }));
});
