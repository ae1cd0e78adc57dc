/**
 * The kinds of value that the schema is made of. What a kind says of a value of the wrong type ends the sentence
 * "KEY is a number; it must be …". Ranges, units and spelling are read by the readers beside this file.
 */
import { z } from "../zod/zod.ts";
import { quote } from "../diagnostic.ts";
import { readArrivals } from "./arrivals.ts";
import { readConnections } from "./connections.ts";
import { readDuration, readDurationRange } from "./durations.ts";
import { readGrpcStatuses } from "./grpc_statuses.ts";
import { readCount, readRatio, readSize } from "./quantities.ts";
import { readRate, readRateRange } from "./rates.ts";
import { isTrouble, read, type Reading, readRange, trouble } from "./reading.ts";
import { readRetryReasons } from "./retry_reasons.ts";
import { readThinkTime } from "./think_times.ts";
import { readStatuses, type StatusRange } from "./statuses.ts";
import type { Template } from "./scenario.ts";
import { RunTimeText } from "./templates.ts";
import { WARNINGS } from "./warning_codes.ts";

// Each process reads few files: to write and compile functions for them takes longer than they save. And a document is
// a tree, so no value need be looked up among those that are being read.
z.config({
  jitless: true,
  memoizer: { alloc: (_schema, _payload, empty) => empty, guard() {}, attach() {} },
});

/** How an issue carries the code of its diagnostic through the schema. */
export type IssueParameters = Readonly<{ code: string }>;

const texts = (wanted: string) => z.string({ error: wanted });
const textsOrNumbers = (wanted: string) => z.union([z.number(), z.string()], { error: wanted });

/** A reader as the transformation of a schema. */
function by<I, O>(reader: (input: I) => Reading<O>): (input: I, context: z.RefinementCtx) => O {
  return (input, context) => {
    const reading = reader(input);
    if (!isTrouble(reading)) return reading.value;
    const params: IssueParameters = { code: reading.code };
    context.addIssue({ code: "custom", params, message: reading.words });
    return z.NEVER;
  };
}

export const duration = texts('a duration in quotes, such as "10s"').transform(by(readDuration));

/** `"2s"`, `"1s..3s"` → least and most ticks. */
export const durationRange = texts('a duration in quotes, such as "2s", or a range, such as "1s..3s"')
  .transform(by(readDurationRange));

/** A time, a range of times or a distribution. */
export const thinkTime = texts(
  'a duration in quotes, such as "2s", a range, such as "1s..3s", or a distribution, such as "exponential(2s)"',
)
  .transform(by(readThinkTime));

/** How sessions of an open load arrive. */
export const arrivals = texts('"uniform", "poisson" or "burst:10"').transform(by(readArrivals));

/** Errors and statuses. */
export const retryReasons = z.array(z.union([z.number(), z.string()]), {
  error: 'a list, such as ["timeout", 503]',
}).transform(
  by(readRetryReasons),
);

/** A name that `${…}` uses. */
export const identifier = texts("a name in quotes").transform(by(readIdentifier));

/** RFC 6901; `key` is the key of a table. */
export function readPointer(key: string): Reading<string> {
  if (key === "" || (key.startsWith("/") && !/~(?![01])/.test(key))) return read(key);
  return key.startsWith("/")
    ? trouble("Z1214", `${quote(key)} has a ~ that escapes nothing; in a JSON pointer ~ is ~0 and / is ~1`)
    : trouble(
      "Z1214",
      `${quote(key)} is no JSON pointer; it begins with a slash, as in "/${
        key.replaceAll(".", "/").replace(/^\$\//, "")
      }"`,
    );
}

/** A JSON pointer (RFC 6901). */
export const pointer = texts('a JSON pointer in quotes, such as "/token"').transform(by(readPointer));

/** Names that `${…}` and `when` read as something else. */
const RESERVED = [
  "env",
  "secret",
  "setup",
  "random",
  "now",
  "session",
  "vu",
  "loop",
  "stage",
  "uuid",
  "status",
];

/** Letters, digits, `-` and `_`, and no name that a variable has. */
export function readIdentifier(text: string): Reading<string> {
  if (RESERVED.includes(text)) {
    return trouble("Z1106", `${quote(text)} means something else already; take another name`);
  }
  if (/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(text)) return read(text);
  return trouble(
    "Z1106",
    `${quote(text)} cannot stand in \${…}; use letters, digits, "-" and "_", beginning with a letter`,
  );
}

/** `"50/s"`, `"50/s..200/s"` → exact rates at start and end. */
export const rateRange = texts('a rate in quotes, such as "50/s", or a ramp, such as "50/s..200/s"')
  .transform(by(readRateRange));

/** A whole number within bounds, written as a number or as a text such as `10k`. */
export const count = (least: number, most: number) =>
  textsOrNumbers('a whole number, such as 100 or "10k"').transform(
    by((value) => readWithin(value, least, most)),
  );

/** A whole number or a range of two, within bounds. */
export const countRange = (least: number, most: number) =>
  textsOrNumbers('a whole number, such as 10, or a range, such as "1..10"').transform(
    by((value: number | string): Reading<readonly [number, number]> => {
      if (typeof value === "string") return readRange(value, (end) => readWithin(end, least, most));
      const both = readWithin(value, least, most);
      return isTrouble(both) ? both : read([both.value, both.value]);
    }),
  );

/** `"64KiB"`, 65536 → bytes. */
export const size = textsOrNumbers('a size, such as "64KiB", or a number of bytes').transform(
  by((value) => typeof value === "number" ? readWithin(value, 0, Number.MAX_SAFE_INTEGER) : readSize(value)),
);

/** `200`, `[200, 304]`, `"2xx"` → ranges of statuses. */
export const statuses = z.union([z.number(), z.string(), z.array(z.union([z.number(), z.string()]))], {
  error: 'a status such as 200, a class such as "2xx", or a list of them',
}).transform(
  by((value): Reading<readonly StatusRange[]> => readStatuses(Array.isArray(value) ? value : [value])),
);

/** `"OK"`, `["OK", "NOT_FOUND"]` → codes of gRPC. */
export const grpcStatuses = z.union([z.string(), z.array(z.string())], {
  error: 'a status of gRPC such as "OK", or a list of them',
}).transform(by(readGrpcStatuses));

/** A regular expression of JavaScript with the flag `u`. */
export const pattern = texts("a regular expression in quotes").transform(
  by((source: string): Reading<string> => {
    try {
      new RegExp(source, "u");
      return read(source);
    } catch (error) {
      const reason = error instanceof Error ? error.message.replace(/^.*\/u?: /, "") : String(error);
      return trouble("Z1210", `${quote(source)} is no regular expression: ${reason.toLowerCase()}`);
    }
  }),
);

/** A text that may hold variables known only while the test runs. */
export const template = z.union([z.string(), z.instanceof(RunTimeText)], { error: "a text in quotes" })
  .transform((
    value,
  ): Template => typeof value !== "string" ? value.template : value === "" ? [] : [value]);

/** As `template`, and a number or a boolean stands for its text. */
export const templateOrScalar = z.union([z.string(), z.number(), z.boolean(), z.instanceof(RunTimeText)], {
  error: "a text, a number or a boolean",
});

/** `"per-vu"`, `"shared:64"` … → who owns a connection. */
export const connections = texts('"per-vu", "per-session", "per-request" or "shared:64"').transform(
  by(readConnections),
);

/** Read further with the rest of the target. */
export const url = texts('a URL in quotes, such as "https://shop.test"');

/** A text that is looked for, and so not empty. */
export const textToFind = texts("a text in quotes").transform(
  by((text: string): Reading<string> =>
    text !== ""
      ? read(text)
      : trouble("Z1613", "is empty, and every body contains nothing; give the text to look for")
  ),
);

/** A text that is looked for and may hold variables. */
export const templateToFind = template.transform(
  by((found: Template): Reading<Template> =>
    found.length > 0
      ? read(found)
      : trouble("Z1613", "is empty, and every message contains nothing; give the text to look for")
  ),
);

/** A text as it stands. */
export const plainText = texts("a text in quotes");

/** A name that messages and reports show: one line, not empty. */
export const label = texts("a name in quotes").transform(by((text: string): Reading<string> => {
  if (text.trim() === "") return trouble("Z1106", "is empty; give a name, or leave the key out");
  if (text.length > 100) return trouble("Z1106", `${quote(text)} is longer than 100 characters`);
  if (/\p{Cc}/u.test(text)) {
    return trouble("Z1106", `${quote(text)} holds a control character or a line break`);
  }
  return read(text);
}));

/** A name that files can be named after. */
export const fileName = texts("a name in quotes").transform(
  by((text: string): Reading<string> =>
    /^[a-z0-9][a-z0-9_ -]{0,63}$/.test(text) && !text.endsWith(" ") ? read(text) : trouble(
      "Z1106",
      `${
        quote(text)
      } cannot name a test; use up to 64 of a–z, 0–9, "-", "_" and " ", beginning with a letter or a digit`,
    )
  ),
);

/** One of these words. */
export const choice = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, { error: `one of ${values.map((value) => `"${value}"`).join(", ")}` });

/** true or false. */
export const flag = z.boolean({ error: "true or false, without quotes" });

/** `< 300ms`: a comparison and, still as text, its limit. */
export type Comparison = Readonly<{ comparison: "<" | "<=" | ">" | ">="; limit: string }>;

/** `"< 300ms"` → comparison and limit; the metric tells how the limit is read. */
export const comparison = texts('a comparison in quotes, such as "< 300ms"').transform(
  by((text: string): Reading<Comparison> => {
    const match = /^\s*(<=|>=|<|>)\s*(\S[\s\S]*?)\s*$/.exec(text);
    const sign = match?.[1];
    if (sign !== "<" && sign !== "<=" && sign !== ">" && sign !== ">=") {
      return trouble(
        "Z1212",
        `${quote(text)} is no comparison; begin with <, <=, > or >=, as in "< ${
          text.replace(/^[\s=<>!~]*/, "").trim() || "300ms"
        }"`,
      );
    }
    return read({ comparison: sign, limit: match?.[2] ?? "" });
  }),
);

/** `"0.5%"` → parts of a million. */
export const ratio = texts('a percentage in quotes, such as "0.5%"').transform(by(readRatio));

/** What nothing is above: of a time in ticks, and of a ratio. */
export const ANY = { duration: Number.MAX_SAFE_INTEGER, ratio: 1_000_000 } as const;

const orAny = (reader: (text: string) => Reading<number>, any: number) => (text: string): Reading<number> => {
  if (text === "any") return read(any);
  const reading = reader(text);
  return isTrouble(reading) ? trouble(reading.code, `${reading.words}; "any" lifts the limit`) : reading;
};

/** `"10ms"`, or `"any"`: 2^53 − 1 ticks. */
export const durationOrAny = texts('a duration in quotes, such as "10ms", or "any"').transform(
  by(orAny(readDuration, ANY.duration)),
);

/** `"0.5%"`, or `"any"`: 100%. */
export const ratioOrAny = texts('a percentage in quotes, such as "1%", or "any"').transform(
  by(orAny(readRatio, ANY.ratio)),
);

/** The code of a warning. */
export const warningCode = texts('a code in quotes, such as "Z1951"').transform(
  by((code: string): Reading<string> => {
    if (WARNINGS.includes(code)) return read(code);
    const why = /^Z1\d{3}$/.test(code)
      ? "which is no warning, and only warnings can be passed over"
      : "which is no code";
    return trouble(
      "Z1107",
      `names ${quote(code)}, ${why}; \`z6c explain\` lists the codes, and warnings begin with Z19`,
    );
  }),
);

/** The limit of a threshold, in the unit of its statistic. */
export const LIMIT = {
  duration: readDuration,
  ratio: readRatio,
  count: readCount,
  size: readSize,
  /** Per second, in thousandths. */
  rate: (text: string): Reading<number> => {
    const rate = readRate(text);
    if (isTrouble(rate)) return rate;
    const thousandths = BigInt(rate.value.sessions) * 1_000_000_000n;
    if (thousandths % BigInt(rate.value.perTicks) !== 0n) {
      return trouble(
        "Z1205",
        `${quote(text)} is no whole number of thousandths a second, the finest rate z6c compares`,
      );
    }
    return read(Number(thousandths / BigInt(rate.value.perTicks)));
  },
} as const;

function readWithin(value: number | string, least: number, most: number): Reading<number> {
  const number = typeof value === "number" ? read(value) : readCount(value);
  if (isTrouble(number)) return number;
  const isWhole = Number.isInteger(number.value);
  if (isWhole && number.value >= least && number.value <= most) return number;
  const found = typeof value === "string" ? quote(value) : String(value);
  if (!isWhole) return trouble("Z1206", `${found} is not a whole number`);
  const bounds = most === Number.MAX_SAFE_INTEGER
    ? `${least} to 2^53 − 1`
    : `${grouped(least)} to ${grouped(most)}`;
  return trouble("Z1105", `${found} is out of bounds; it must be from ${bounds}`);
}

function grouped(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}
