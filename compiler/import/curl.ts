/** Command lines of curl → a draft: one step a URL, in the order of the file. */
import { isBrowserMade } from "./browser_headers.ts";
import { basicAuth, secretOf } from "./credentials.ts";
import { bodyOf, CurlData, urlencoded } from "./curl_data.ts";
import { type Given, type Transfer, transfersOf } from "./curl_words.ts";
import { type Drafted, type DraftRequest, FEW_ERRORS, type Method, METHODS, type Value } from "./draft.ts";
import type { Note } from "./located.ts";
import { baseOf, cutUrl, mostFrequent } from "./origins.ts";
import { type SentBody, stepOfRequest } from "./sent_request.ts";
import { readShell, type ShellCommand, withoutCarets, type Word } from "./shell_words.ts";
import { timeText } from "./times.ts";
import { Variables } from "./variables.ts";

/** A request with where it goes. */
type Placed = Readonly<{ origin: string; at: number; step: DraftRequest; keepsCookies: boolean }>;

/** `name` is for the scenario. Commands other than curl are passed over. */
export function draftOfCurl(text: string, name: string): Drafted {
  const variables = new Variables(text);
  // As browsers on Windows copy a request: `curl ^"https://shop.test/^" ^`.
  const isForPrompt = /(?:^|\s)curl(?:\.exe)?\s(?:[^\n]*\^(?:"|\r?\n))/i.test(text);
  const shell = readShell(isForPrompt ? withoutCarets(text) : text, variables);
  if ("fault" in shell) return { refused: shell.fault };
  const notes: Note[] = [...shell.notes];
  const curls = shell.commands.filter(({ words }) => isCurl(words[0]?.text));
  noteOthers(shell.commands, notes);
  const [first] = curls;
  if (first === undefined) return { refused: { at: 0, text: "there is no curl command in it" } };

  const placed = curls.flatMap(({ words, input }) =>
    transfersOf(words[0]?.at ?? 0, words.slice(1), notes).flatMap((transfer) =>
      requestsOf(transfer, input, variables, notes)
    )
  );
  const base = mostFrequent(placed.map(({ origin }) => origin));
  if (base === undefined) {
    const at = first.words[0]?.at ?? 0;
    return { refused: { at, text: "no curl command here has a URL that a scenario can request" } };
  }
  const kept = placed.filter(({ origin }) => origin === base);
  for (const { origin, at } of placed) {
    if (origin === base) continue;
    notes.push({
      at,
      text: `a request to ${origin} is left out: a scenario has one target`,
    });
  }
  const left = placed.length - kept.length;
  return {
    notes,
    draft: {
      variables,
      name,
      description: "",
      comments: [
        `Made from ${kept.length} curl ${kept.length === 1 ? "command" : "commands"}.`,
        ...(left === 0 ? [] : [`Left out: ${left} to other origins than ${base}.`]),
      ],
      seed: null,
      target: {
        base,
        comments: [],
        headers: new Map(),
        more: new Map(kept.some(({ keepsCookies }) => keepsCookies) ? [["cookies", true]] : []),
      },
      load: null,
      data: [],
      flows: [{ name: "requests", weight: 1, steps: kept.map(({ step }) => step) }],
      thresholds: [FEW_ERRORS],
    },
  };
}

function isCurl(word: string | undefined): boolean {
  return word !== undefined && /(?:^|[\\/])curl(?:\.exe)?$/.test(word);
}

function noteOthers(commands: readonly ShellCommand[], notes: Note[]): void {
  const names = new Set<string>();
  for (const { words: [first] } of commands) {
    if (first === undefined || isCurl(first.text) || names.has(first.text) || first.text === "$") continue;
    names.add(first.text);
    if (names.size <= 5) {
      notes.push({
        at: first.at,
        text: `${JSON.stringify(first.text.slice(0, 40))} is no curl command and is passed over`,
      });
    }
  }
}

function requestsOf(transfer: Transfer, input: string | null, variables: Variables, notes: Note[]): Placed[] {
  if (transfer.urls.length === 0) {
    notes.push({ at: transfer.at, text: "a curl command without a URL is left out" });
  }
  return transfer.urls.flatMap((url) => {
    const placed = requestOf(transfer, url, input, variables, notes);
    return placed === null ? [] : [placed];
  });
}

function requestOf(
  { given }: Transfer,
  word: Word,
  input: string | null,
  variables: Variables,
  notes: Note[],
): Placed | null {
  const { at } = word;
  const url = targetOf(word.text, variables);
  if (url === null) {
    notes.push({
      at,
      text: `${JSON.stringify(word.text.slice(0, 80))} is no http or https URL and is left out`,
    });
    return null;
  }
  if (/[[\]{}]/.test(url.rest)) {
    notes.push({
      at,
      text: "braces and brackets in a URL are sent as they stand; curl may make several URLs of them",
    });
  }
  const valuesOf = (...effects: Given["effect"][]) => given.filter(({ effect }) => effects.includes(effect));
  const last = (effect: Given["effect"]) => valuesOf(effect).at(-1)?.value;
  const data = new CurlData(
    valuesOf("data", "data-raw", "data-binary", "data-urlencode", "json"),
    input,
    variables,
    notes,
  );
  const isQuery = last("get") !== undefined;
  const queries = [
    ...valuesOf("url-query").map(({ value }) => urlencoded(value, variables) ?? ""),
    ...(isQuery ? [data.text()] : []),
  ].filter((query) => query !== "");
  const body = isQuery
    ? { kind: "none" as const }
    : bodyOf(valuesOf("form", "form-string"), last("upload"), data);
  const named = (last("request") ?? methodFor(last("head") !== undefined, last("upload"), body))
    .toUpperCase();
  for (const { at, value } of valuesOf("form")) {
    if (/^[^=]*=[@<]/.test(value)) {
      notes.push({
        at,
        text: `the file of -F ${
          JSON.stringify(value.slice(0, 60))
        } is read from there, seen from the scenario`,
      });
    }
  }
  const method: Method | undefined = METHODS.get(named);
  if (method === undefined) {
    notes.push({
      at,
      text: `a request with the method ${JSON.stringify(named)} is left out: no step has it`,
    });
    return null;
  }
  const headers = headersOf(given, data.kind, isQuery, variables, notes);
  const more = moreOf(given, url.user, variables, notes);
  return {
    at,
    origin: url.origin,
    keepsCookies: last("cookie-jar") !== undefined,
    step: stepOfRequest({
      comments: last("compressed") === undefined ? [] : [
        "curl asked for a compressed response; z6c takes it as it comes: add accept-encoding to have it so.",
      ],
      method,
      url: withQuery(url.rest, queries),
      origin: url.origin,
      headers,
      body,
      more,
    }, variables),
  };
}

/** As curl reads a URL: http where no scheme is given. A host that is a variable may have any default. */
function targetOf(
  text: string,
  variables: Variables,
): { origin: string; user: string | null; rest: string } | null {
  const variable = variables.of(text[0] ?? "");
  if (variable !== undefined) {
    const [, name = "", value = ""] = /^env\.(\w+):-(.*)$/s.exec(variable) ?? [];
    const cut = cutUrl(/^https?:/i.test(value) ? value : `http://${value === "" ? "127.0.0.1:8080" : value}`);
    if (cut === null) return null;
    const base = baseOf(cut);
    const rest = text.slice(1).replace(/#.*$/s, "");
    const isBase = rest === "" || /^[/?]/.test(rest);
    if (!isBase) return null;
    return {
      origin: variables.add(`env.${name}:-${base}`),
      user: null,
      rest: rest.startsWith("/") ? rest : `/${rest}`,
    };
  }
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const [, scheme = "", authority = "", rest = ""] = /^(https?:\/\/)([^/?#]*)(.*)$/is.exec(whole) ?? [];
  if (!variables.has(authority)) return cutUrl(whole);
  const withDefaults = [...authority].map((character) =>
    variables.of(character)?.replace(/^env\.\w+:-/, "") ?? character
  ).join("");
  if (cutUrl(`${scheme}${withDefaults}/`) === null || /[@/?#]/.test(withDefaults)) return null;
  return {
    origin: `${scheme}${authority}`,
    user: null,
    rest: rest.replace(/#.*$/s, "").replace(/^(?!\/)/, "/"),
  };
}

function withQuery(rest: string, queries: readonly string[]): string {
  if (queries.length === 0) return rest;
  const join = !rest.includes("?") ? "?" : /[?&]$/.test(rest) ? "" : "&";
  return `${rest}${join}${queries.join("&")}`;
}

function methodFor(isHead: boolean, upload: string | undefined, body: SentBody): string {
  if (isHead) return "HEAD";
  if (upload !== undefined) return "PUT";
  return body.kind === "none" ? "GET" : "POST";
}

function headersOf(
  given: readonly Given[],
  kind: CurlData["kind"],
  isQuery: boolean,
  variables: Variables,
  notes: Note[],
): (readonly [string, string])[] {
  const headers: (readonly [string, string])[] = [];
  for (const { effect, at, value } of given) {
    if (effect === "header") {
      const [, name, sign, content = ""] = /^\s*([^:;\s]+)\s*([:;])(.*)$/s.exec(value) ?? [];
      if (value.startsWith("@")) {
        notes.push({ at, text: "headers from a file are left out; give them one by one" });
      } else if (name === undefined) {
        notes.push({ at, text: `${JSON.stringify(value.slice(0, 60))} is no header and is left out` });
      } else if (name.toLowerCase() === "host") {
        notes.push({ at, text: "the header host is left out: it follows from base" });
      } else if (sign === ";" || content.trim() !== "") headers.push([name, content]);
    } else if (effect === "agent") headers.push(["user-agent", value]);
    else if (effect === "referer") headers.push(["referer", value.replace(/;auto$/, "")]);
    else if (effect === "range") headers.push(["range", `bytes=${value}`]);
    else if (effect === "cookie" && value.includes("=")) {
      headers.push(["cookie", secretOf(value, "COOKIE", variables)]);
    } else if (effect === "cookie") {
      notes.push({ at, text: "cookies from a file are left out; a step that logs in can earn them" });
    }
  }
  // Browsers copy a request as a curl command with all that they sent.
  const isCopied = headers.some(([name]) => /^sec-/i.test(name));
  const kept = isCopied
    ? headers.filter(([name, value]) => !isBrowserMade(name.toLowerCase(), value.trim()))
    : headers;
  if (kept.length < headers.length) {
    const at = given.find(({ effect }) => effect === "header")?.at ?? 0;
    notes.push({ at, text: `${headers.length - kept.length} headers that the browser made are left out` });
  }
  const has = (wanted: string) => kept.some(([name]) => name.toLowerCase() === wanted);
  if (kind === "json" && !has("accept")) kept.push(["accept", "application/json"]);
  if (kind !== "none" && !isQuery && !has("content-type")) {
    kept.push([
      "content-type",
      kind === "json" ? "application/json" : "application/x-www-form-urlencoded",
    ]);
  }
  return kept;
}

/** Keys of the step beside request and body. */
function moreOf(
  given: readonly Given[],
  urlUser: string | null,
  variables: Variables,
  notes: Note[],
): Map<string, Value> {
  const more = new Map<string, Value>();
  const last = (effect: Given["effect"]) => given.findLast((one) => one.effect === effect);
  const user = last("user")?.value ?? (urlUser === null ? undefined : decoded(urlUser));
  if (user !== undefined) {
    const [name = "", ...password] = user.split(":");
    more.set("auth", basicAuth(name, password.join(":"), variables));
  }
  const bearer = last("bearer")?.value;
  if (bearer !== undefined) more.set("auth", new Map([["bearer", secretOf(bearer, "TOKEN", variables)]]));
  const time = last("max-time");
  const milliseconds = Math.round(Number(time?.value) * 1000);
  if (time !== undefined && milliseconds >= 1 && milliseconds < 1e9) {
    more.set("timeout", timeText(milliseconds));
  } else if (time !== undefined) {
    notes.push({ at: time.at, text: "--max-time is left out: it is no usable number of seconds" });
  }
  if (last("location") !== undefined) {
    const most = Number(last("max-redirs")?.value ?? 10);
    more.set("redirects", Number.isInteger(most) && most >= 0 && most <= 20 ? most : 20);
  }
  const retries = Number(last("retry")?.value ?? 0);
  if (Number.isInteger(retries) && retries > 0) {
    more.set("retry", new Map([["times", Math.min(retries, 100)]]));
  }
  return more;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
