/** Recordings of browsers and proxies (HAR 1.1 and 1.2) → a draft: one flow, one step a request. */
import { type Draft, type Drafted, type DraftStep, FEW_ERRORS, type Table, type Value } from "./draft.ts";
import { isBrowserMade } from "./browser_headers.ts";
import { capturesOf, type FoundCapture, withCaptures } from "./har_captures.ts";
import { type Exchange, exchangesOf } from "./har_entries.ts";
import { thinkBetween } from "./har_thinks.ts";
import { readJson } from "./json_source.ts";
import { entriesAt, itemsAt, type Located, type Note, textAt, valueAt } from "./located.ts";
import { mostFrequent } from "./origins.ts";
import { isSecretName } from "./credentials.ts";
import { type SentBody, stepOfRequest } from "./sent_request.ts";
import { Variables } from "./variables.ts";

const MOST_NOTED = 8;

/** `name` is for the scenario. */
export function draftOfHar(text: string, name: string): Drafted {
  const json = readJson(text);
  if ("fault" in json) return { refused: json.fault };
  const log = valueAt(json.value, "log");
  if (log?.kind !== "table") {
    return { refused: { at: (log ?? json.value).at, text: "this is no HAR file: it has no table log" } };
  }
  const entries = valueAt(log, "entries");
  if (entries?.kind !== "list") {
    return {
      refused: { at: (entries ?? log).at, text: "this is no whole HAR file: its log has no list entries" },
    };
  }

  const notes: Note[] = [];
  const exchanges = exchangesOf(log, notes);
  const base = mostFrequent(exchanges.filter(({ isAsset }) => !isAsset).map(({ origin }) => origin)) ??
    mostFrequent(exchanges.map(({ origin }) => origin));
  if (base === undefined) {
    const why = notes.map(({ text }) => text).join("; ");
    return {
      refused: {
        at: entries.at,
        text: `no entry is a request that a scenario can make${why === "" ? "" : `: ${why}`}`,
      },
    };
  }
  const kept = exchanges.filter(({ origin }) => origin === base).map(withoutBrowserHeaders);
  const others = noteOtherOrigins(exchanges, base, notes);
  const variables = new Variables(text);
  const captures = capturesOf(kept, variables);
  const steps = stepsOf(kept, captures, pageTitles(log), variables);
  return { notes, draft: draftWith({ log, name, base, kept, others, steps, captures, variables }) };
}

type Found = Readonly<{
  log: Located;
  name: string;
  base: string;
  kept: readonly Exchange[];
  others: string;
  steps: readonly DraftStep[];
  captures: readonly FoundCapture[];
  variables: Variables;
}>;

function draftWith({ log, name, base, kept, others, steps, captures, variables }: Found): Draft {
  const sentCookies = kept.some(({ sentCookies }) => sentCookies);
  const setCookies = kept.some(({ response }) =>
    response.headers.some(([header]) => /^set-cookie$/i.test(header))
  );
  const assets = kept.filter(({ isAsset }) => isAsset).length;
  const when = kept.find(({ startMs }) => startMs !== null)?.startMs ?? null;
  const creator = [textAt(log, "creator", "name"), textAt(log, "creator", "version")].filter((part) =>
    part !== undefined
  );
  const by = creator.length === 0 ? "" : ` by ${creator.join(" ")}`;
  const on = when === null ? "" : ` on ${isoDay(when)}`;
  const comments = [
    `Recorded${by}${on}: ${kept.length} ${kept.length === 1 ? "request" : "requests"}` +
    `${assets === 0 ? "." : `, ${assets} of them for scripts, images and the like.`}`,
  ];
  if (others !== "") comments.push(`Left out, as a scenario has one target: ${others}.`);
  if (captures.length > 0) {
    comments.push(
      "Captures are proposals: values that a response brought and later requests sent. See that each is meant.",
    );
  }
  const cookieComments = sentCookies && !setCookies
    ? [
      "The recording sent cookies that no response in it had set: add the step that earns them, such as a login.",
    ]
    : [];
  return {
    variables,
    name,
    description: "",
    comments,
    seed: null,
    target: {
      base,
      comments: cookieComments,
      headers: new Map(),
      more: new Map(sentCookies || setCookies ? [["cookies", true]] : []),
    },
    load: null,
    data: [],
    flows: [{ name: "recording", weight: 1, steps }],
    thresholds: [FEW_ERRORS],
  };
}

function stepsOf(
  kept: readonly Exchange[],
  captures: readonly FoundCapture[],
  titles: ReadonlyMap<string, string>,
  variables: Variables,
): DraftStep[] {
  const steps: DraftStep[] = [];
  let page: string | null = null;
  let endMs: number | null = null;
  for (const [index, exchange] of kept.entries()) {
    const think = thinkBetween(endMs, exchange.startMs);
    if (think !== null) steps.push(think);
    endMs = Math.max(endMs ?? 0, exchange.endMs ?? 0) || null;
    const title = exchange.page === null || exchange.page === page ? undefined : titles.get(exchange.page);
    if (exchange.page !== null) page = exchange.page;
    const comments = title === undefined ? [] : [`Page: ${title.slice(0, 200)}`];
    const known = captures.filter(({ from }) => from < index);
    const own = captures.filter(({ from }) => from === index);
    steps.push(stepOf(withCaptures(exchange, known), own, comments, variables));
  }
  return steps;
}

function stepOf(
  exchange: Exchange,
  captures: readonly FoundCapture[],
  before: readonly string[],
  variables: Variables,
): DraftStep {
  const comments = [...before];
  const clock = clockOf(exchange);
  if (clock !== null) {
    comments.push(
      `${clock} is the time of the recording, most likely against caches: see whether it matters.`,
    );
  }
  const { body, note } = bodyOf(exchange);
  if (note !== null) comments.push(note);
  const headers = [...exchange.headers];
  const isTyped = headers.some(([name]) => name.toLowerCase() === "content-type");
  if (exchange.body.kind === "text" && exchange.body.type !== null && !isTyped) {
    headers.push(["content-type", exchange.body.type]);
  }
  const more = new Map<string, Value>();
  const expect = expectOf(exchange);
  if (expect !== null) more.set("expect", expect);
  if (captures.length > 0) {
    more.set("capture", new Map(captures.map(({ name, extraction }) => [name, extraction])));
    more.set("on_error", "end-session");
  }
  const { method, url, origin } = exchange;
  return stepOfRequest({ comments, method, url, origin, headers, body, more }, variables);
}

/** An asset may have any good status; of what the application answers, the status is part of what was recorded. */
function expectOf({ response, isAsset }: Exchange): Table | null {
  const { status } = response;
  // Caches made the recorded 304; without their headers there is a 200.
  if (status === 304 || (isAsset && status >= 200 && status < 400) || status > 599) return null;
  return new Map([["status", Math.trunc(status)]]);
}

/** The recorded cookies belong to the recorded session, too; `cookies = true` earns the test its own. */
function withoutBrowserHeaders(exchange: Exchange): Exchange {
  const headers = exchange.headers.filter(([name, value]) =>
    !/^cookie$/i.test(name) && !isBrowserMade(name.toLowerCase(), value)
  );
  return { ...exchange, headers, sentCookies: hasCookie(exchange) };
}

function hasCookie({ headers }: Exchange): boolean {
  return headers.some(([name]) => /^cookie$/i.test(name));
}

function bodyOf({ body }: Exchange): { body: SentBody; note: string | null } {
  if (body.kind !== "parts") {
    return { body: body.kind === "none" ? body : { kind: "text", text: body.text }, note: null };
  }
  const files = body.parts.filter(({ fileName }) => fileName !== null && fileName !== "");
  const parts = new Map(
    body.parts.filter(({ name }) => name !== "" && !/\p{Cc}/u.test(name)).map(({ name, value, fileName }) => // The content of an upload is seldom in a recording, and never needed to see that the request works.
    [name, fileName === null || fileName === "" ? value : `content of ${fileName}`]),
  );
  if (parts.size === 0) return { body: { kind: "none" }, note: null };
  const note = files.length === 0
    ? null
    : `The recorded upload is left out: put ${
      files.map(({ fileName }) => fileName).join(", ")
    } beside this file and write ` +
      `{ file = "…" } for the text.`;
  return { body: { kind: "parts", parts }, note };
}

/** A query value that is the moment of the recording in milliseconds or seconds. */
function clockOf({ url, startMs, response }: Exchange): string | null {
  if (startMs === null || response.status >= 400) return null;
  for (const [, name, digits = ""] of url.matchAll(/[?&]([^=&]+)=(\d{10}|\d{13})(?=&|$)/g)) {
    const time = Number(digits) * (digits.length === 10 ? 1000 : 1);
    if (Math.abs(time - startMs) < 86_400_000 && name !== undefined && !isSecretName(name)) {
      return `${name}=${digits}`;
    }
  }
  return null;
}

function noteOtherOrigins(exchanges: readonly Exchange[], base: string, notes: Note[]): string {
  const others = new Map<string, Exchange[]>();
  for (const exchange of exchanges) {
    if (exchange.origin === base) continue;
    others.set(exchange.origin, [...others.get(exchange.origin) ?? [], exchange]);
  }
  const said: string[] = [];
  for (const [origin, [first, ...rest]] of others) {
    if (first === undefined) continue;
    const count = rest.length + 1;
    const isAssets = [first, ...rest].every(({ isAsset }) => isAsset);
    said.push(`${count} to ${origin.replace(/^https?:\/\//, "")}`);
    notes.push({
      at: first.at,
      text:
        `${count} ${count === 1 ? "request" : "requests"} to ${origin} ${
          count === 1 ? "is" : "are"
        } left out` +
        `${isAssets ? " (scripts, images and the like)" : ""}: a scenario has one target, here ${base}`,
    });
  }
  const more = said.length - MOST_NOTED;
  return `${said.slice(0, MOST_NOTED).join(", ")}${more > 0 ? ` and ${more} origins more` : ""}`;
}

function pageTitles(log: Located): Map<string, string> {
  const titles = new Map<string, string>();
  for (const page of itemsAt(log, "pages")) {
    const id = textAt(page, "id");
    const title = textAt(page, "title");
    if (id !== undefined && entriesAt(page).length > 0) {
      titles.set(id, title === undefined || title === "" ? id : title);
    }
  }
  return titles;
}

function isoDay(milliseconds: number): string {
  return Math.abs(milliseconds) < 8e15 ? new Date(milliseconds).toISOString().slice(0, 10) : "an unknown day";
}
