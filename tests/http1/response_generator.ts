/** For tests: random valid responses (fast-check), and random damage to them. */
import fc from "fast-check";

export type GeneratedResponse = Readonly<{
  wire: string;
  head: boolean;
  closes: boolean;
  /** What must come out. */
  status: number;
  body: string;
}>;

const octets = (letters: string, maxLength: number, minLength = 0) =>
  fc.string({ unit: fc.constantFrom(...letters), maxLength, minLength });
const name = octets("aZ09-_!~", 20, 1).filter((text) =>
  !["connection", "content-length", "transfer-encoding"].includes(text.toLowerCase())
);
const value = octets('a9:;,="\t \x7e\x80\xff', 40);
const content = octets("ab\r\n05:;\0\xff", 60);
const lineEnd = fc.constantFrom("\r\n", "\r\n", "\n");
const space = fc.constantFrom("", " ", "\t", "  ");
const anyCase = (text: string) =>
  fc.array(fc.boolean(), { minLength: text.length, maxLength: text.length }).map((uppers) =>
    [...text].map((letter, i) => uppers[i] ? letter.toUpperCase() : letter).join("")
  );

const plainField = fc.tuple(name, value, lineEnd, fc.option(value)).map(([name, value, end, fold]) =>
  `${name}:${value}${fold === null ? "" : `${end} ${fold}`}${end}`
);
const connectionField = fc.tuple(
  anyCase("connection"),
  fc.array(fc.constantFrom("close", "Close", "keep-alive", "x", "", "closed"), {
    maxLength: 3,
    minLength: 1,
  }),
  space,
  lineEnd,
).map(([name, options, space, end]) => `${name}:${space}${options.join(`${space},${space}`)}${space}${end}`);
const fields = fc.array(
  fc.oneof({ weight: 4, arbitrary: plainField }, { weight: 1, arbitrary: connectionField }),
  {
    maxLength: 6,
  },
);
const statusLine = (status: number) =>
  fc.tuple(fc.constantFrom(0, 1, 1, 1, 2), fc.option(octets("aZ é\t", 10)), lineEnd).map((
    [minor, reason, end],
  ) => `HTTP/1.${minor} ${status}${reason === null ? "" : ` ${reason}`}${end}`);

const interim = fc.tuple(fc.constantFrom(100, 102, 103, 199), fields, lineEnd).chain((
  [status, fields, end],
) => statusLine(status).map((line) => line + fields.join("") + end));

/** Framed content: the fields that frame it, and its bytes on the wire. */
type Framed = Readonly<{ fields: string; wire: string; body: string; closes: boolean }>;

const byLength = fc.tuple(content, anyCase("content-length"), space, lineEnd, fc.nat(2)).map(
  ([body, name, space, end, repeats]): Framed => ({
    fields: `${name}:${space}${body.length}${`${space},${body.length}`.repeat(repeats)}${space}${end}`,
    wire: body,
    body,
    closes: false,
  }),
);
const chunkLine = (size: number) =>
  fc.tuple(fc.nat(3), fc.boolean(), space, fc.option(octets('a=";\t ', 10))).map(
    ([zeros, upper, space, extension]) => {
      const digits = upper ? size.toString(16).toUpperCase() : size.toString(16);
      return `${"0".repeat(zeros)}${digits}${space}${extension === null ? "" : `;${extension}`}\r\n`;
    },
  );
const someChunk = octets("ab\r\n05:;\0\xff", 40, 1).chain((data) =>
  chunkLine(data.length).map((line) => ({ data, wire: `${line}${data}\r\n` }))
);
const byChunks = fc.tuple(
  fc.array(someChunk, { maxLength: 5 }),
  chunkLine(0),
  fields,
  anyCase("transfer-encoding"),
  anyCase("chunked"),
  lineEnd,
  fc.option(fc.constant("Content-Length: 3\r\n")),
).map(([chunks, last, trailer, name, coding, end, length]): Framed => ({
  fields: `${name}: ${coding}${end}${length ?? ""}`,
  wire: chunks.map((chunk) => chunk.wire).join("") + last + trailer.join("") + end,
  body: chunks.map((chunk) => chunk.data).join(""),
  closes: false,
}));
const byClose = content.map((body): Framed => ({ fields: "", wire: body, body, closes: true }));

/** A valid response, whole, with what must come out of it. */
export const generatedResponse: fc.Arbitrary<GeneratedResponse> = fc.tuple(
  fc.array(interim, { maxLength: 2 }),
  fc.constantFrom(200, 200, 201, 204, 304, 404, 503),
  fields,
  fields,
  lineEnd,
  fc.oneof(byLength, byChunks, byClose),
  fc.boolean(),
).chain(([interims, status, before, after, end, framed, head]) =>
  statusLine(status).map((line) => {
    const isBodiless = head || status === 204 || status === 304;
    return {
      wire: interims.join("") + line + before.join("") + framed.fields + after.join("") + end +
        (isBodiless ? "" : framed.wire),
      head,
      closes: framed.closes,
      status,
      body: isBodiless ? "" : framed.body,
    };
  })
);

const fragment = fc.oneof(
  fc.constantFrom(
    "\r\n",
    "\n",
    "\r",
    " ",
    "\t",
    ",",
    ":",
    ";",
    "\0",
    "0",
    "5",
    "f",
    "\xff",
    "\r\n\r\n",
    "\r\n ",
  ),
  fc.constantFrom(
    "Content-Length: 5\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Connection: close\r\n",
    "HTTP/1.1 100 \r\n",
  ),
  fc.integer({ min: 0, max: 255 }).map((octet) => String.fromCharCode(octet)),
);

/** A text with a few places overwritten, widened or cut. */
export function damaged(text: string): fc.Arbitrary<string> {
  const damage = fc.tuple(fc.nat(text.length), fc.nat(4), fragment);
  return fc.array(damage, { minLength: 1, maxLength: 4 }).map((damages) =>
    damages.reduce((wire, [at, cut, put]) => wire.slice(0, at) + put + wire.slice(at + cut), text)
  );
}
