/** One `set-cookie` field (RFC 6265 section 5.2). */
export type SetCookie = Readonly<{
  name: string;
  value: string;
  /** Lower case, without a leading dot; empty where it names none. */
  domain: string;
  /** Empty where it names none, or none that begins with a slash. */
  path: string;
  secure: boolean;
  /** Milliseconds since 1970; Infinity for a cookie that lasts as long as its session. */
  expiresMs: number;
}>;

/** Reads a field's value, received at `nowMs`. Null where it sets nothing. */
export function readSetCookie(text: string, nowMs: number): SetCookie | null {
  const [pair, ...attributes] = text.split(";");
  const [name, value] = halves(pair);
  if (value === null || name === "") return null;
  let domain = "", path = "", secure = false;
  let maxAgeMs: number | null = null, expiresMs: number | null = null;
  for (const attribute of attributes) {
    const [key, of] = halves(attribute);
    const word = of ?? "";
    switch (key.toLowerCase()) {
      case "domain":
        if (word !== "") domain = word.replace(/^\./, "").toLowerCase();
        break;
      case "path":
        path = word.startsWith("/") ? word : "";
        break;
      case "secure":
        secure = true;
        break;
      case "max-age":
        if (/^-?\d+$/.test(word)) maxAgeMs = Number(word) <= 0 ? -Infinity : nowMs + Number(word) * 1000;
        break;
      case "expires":
        expiresMs = cookieDate(word) ?? expiresMs;
        break;
    }
  }
  return { name, value, domain, path, secure, expiresMs: maxAgeMs ?? expiresMs ?? Infinity };
}

/** What stands before and behind the first `=`; null where there is none. */
function halves(text: string): [string, string | null] {
  const equals = text.indexOf("=");
  return equals < 0
    ? [trimmed(text), null]
    : [trimmed(text.slice(0, equals)), trimmed(text.slice(equals + 1))];
}

function trimmed(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, "");
}

const MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");

/** The lenient dates of RFC 6265 section 5.1.1, in milliseconds since 1970; null where the text is none. */
export function cookieDate(text: string): number | null {
  let time: RegExpExecArray | null = null;
  let day = -1, month = -1, year = -1;
  for (const token of text.split(/[\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+/)) {
    const clock = /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?!\d)/.exec(token);
    const number = /^(\d{1,4})(?!\d)/.exec(token)?.[1] ?? "";
    if (time === null && clock !== null) time = clock;
    else if (day < 0 && number !== "" && number.length <= 2) day = Number(number);
    else if (month < 0 && MONTHS.includes(token.slice(0, 3).toLowerCase())) {
      month = MONTHS.indexOf(token.slice(0, 3).toLowerCase());
    } else if (year < 0 && (number.length === 2 || number.length === 4)) year = fullYear(Number(number));
  }
  if (time === null || month < 0 || day < 1 || day > 31 || year < 1601) return null;
  const [hour, minute, second] = time.slice(1).map(Number);
  if (hour > 23 || minute > 59 || second > 59) return null;
  const date = Date.UTC(year, month, day, hour, minute, second);
  return new Date(date).getUTCDate() === day ? date : null;
}

function fullYear(year: number): number {
  if (year > 99) return year;
  return year < 70 ? 2000 + year : 1900 + year;
}
