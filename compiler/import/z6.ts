/**
 * Scenarios of Z6 → a draft. Z6 picks a request by weight for each pass of a user, so each request is a flow of its
 * own, unless `[sequence]` sets an order; its users loop, so the load is closed. docs/import.md has the whole mapping.
 */
import {
  type Drafted,
  type DraftFlow,
  type DraftLoad,
  type DraftRequest,
  type DraftThink,
  type Method,
  METHODS,
  type Table,
  type Value,
} from "./draft.ts";
import {
  entriesAt,
  flagAt,
  itemsAt,
  type Located,
  type Note,
  numberAt,
  scalarText,
  textAt,
  valueAt,
} from "./located.ts";
import { baseOf, cutUrl } from "./origins.ts";
import { stepOfRequest } from "./sent_request.ts";
import { readToml } from "./toml_source.ts";
import { timeText } from "./times.ts";
import { Variables } from "./variables.ts";
import { loadOfZ6, thresholdsOfZ6 } from "./z6_load.ts";

/** Keys without a counterpart, and why. */
const NOTED: readonly (readonly [path: readonly string[], why: string])[] = [
  [["runtime", "event_log_path"], "the ledger goes where --out says"],
  [["runtime", "flush_interval"], "the ledger decides itself when it writes"],
  [["target", "ca_bundle"], "certificates are a matter of the machine that runs the test"],
  [["target", "connection_timeout_ms"], "timeout covers the whole request"],
  [["limits"], "the plan bounds everything itself"],
];
const KNOWN = [
  "metadata",
  "runtime",
  "target",
  "targets",
  "requests",
  "schedule",
  "assertions",
  "think_time",
  "sequence",
  "limits",
];

/** A request that a flow can be made of. */
type Request = Readonly<{ name: string; weight: number; weightAt: number; step: DraftRequest }>;

/** `name` is for the scenario where its metadata has none. */
export function draftOfZ6(text: string, name: string): Drafted {
  const source = readToml(text);
  if ("fault" in source) return { refused: source.fault };
  const root = source.value;
  const notes: Note[] = [];
  const variables = new Variables(text);
  const target = targetOf(root, notes);
  if ("refused" in target) return target;
  const requests: Request[] = [];
  for (const [index, node] of itemsAt(root, "requests").entries()) {
    const request = requestOf(node, index, target, variables);
    if ("refused" in request) return request;
    requests.push(request);
  }
  if (requests.length === 0) {
    return {
      refused: {
        at: (valueAt(root, "requests") ?? root).at,
        text: "there are no [[requests]], so there is nothing to send",
      },
    };
  }
  const think = thinkOf(valueAt(root, "think_time"), notes);
  const flows = flowsOf(root, requests, think, notes);
  if (!Array.isArray(flows)) return flows;
  const load: DraftLoad = loadOfZ6(root, notes);
  noteTheRest(root, notes);
  const seed = numberAt(root, "runtime", "prng_seed");
  return {
    notes,
    draft: {
      variables,
      name: textAt(root, "metadata", "name")?.trim() || name,
      description: textAt(root, "metadata", "description")?.replace(/\p{Cc}+/gu, " ").trim() ?? "",
      comments: commentsOf(root),
      seed: seed !== undefined && Number.isSafeInteger(seed) && seed >= 0 ? seed : null,
      target: { base: target.base, comments: [], headers: new Map(), more: target.more },
      load,
      data: [],
      flows,
      thresholds: thresholdsOfZ6(valueAt(root, "assertions"), notes),
    },
  };
}

function commentsOf(root: Located): string[] {
  const about = ["version", "author"].flatMap((key) => {
    const text = scalarText(valueAt(root, "metadata", key));
    return text === undefined || text === "" ? [] : [`${key} ${text}`];
  });
  const tags = itemsAt(root, "metadata", "tags").flatMap((tag) => scalarText(tag) ?? []);
  return [
    `Made from a Z6 scenario${about.length === 0 ? "" : ` (${about.join(", ")})`}.`,
    ...(tags.length === 0 ? [] : [`Tags: ${tags.join(", ")}`]),
  ];
}

type Target = Readonly<{ base: string; origin: string; more: Table }>;

function targetOf(root: Located, notes: Note[]): Target | { refused: Note } {
  const several = [...itemsAt(root, "targets")];
  several.sort((one, other) => (numberAt(other, "weight") ?? 1) - (numberAt(one, "weight") ?? 1));
  const [heaviest, ...others] = several;
  const node = valueAt(root, "target") ?? heaviest;
  for (const other of others) {
    notes.push({
      at: other.at,
      text: `the target ${textAt(other, "base_url") ?? ""} is left out: a scenario has one`,
    });
  }
  const url = valueAt(node, "base_url");
  const text = textAt(url);
  if (node === undefined || text === undefined) {
    return {
      refused: {
        at: (url ?? node ?? root).at,
        text: "[target] has no base_url, so nobody knows where to send",
      },
    };
  }
  const isSecure = flagAt(node, "tls");
  const cut = cutUrl(/^[a-z]+:\/\//i.test(text) ? text : `${isSecure === true ? "https" : "http"}://${text}`);
  if (cut === null) {
    return {
      refused: {
        at: url?.at ?? node.at,
        text: `base_url ${JSON.stringify(text.slice(0, 80))} is no http or https URL`,
      },
    };
  }
  if (isSecure === true && cut.origin.startsWith("http:")) {
    notes.push({
      at: url?.at ?? node.at,
      text: "tls = true beside an http:// base_url: the URL is taken at its word",
    });
  }
  const version = textAt(node, "http_version");
  if (version !== undefined && version !== "http1.1" && version !== "http/1.1") {
    notes.push({
      at: valueAt(node, "http_version")?.at ?? node.at,
      text: `http_version ${version} is left out: z6c speaks HTTP/1.1`,
    });
  }
  if (flagAt(node, "verify_cert") === false) {
    notes.push({
      at: valueAt(node, "verify_cert")?.at ?? node.at,
      text: "verify_cert = false is left out: certificates are checked",
    });
  }
  const most = numberAt(node, "max_connections");
  const shared = most !== undefined && Number.isInteger(most) && most >= 1 && most <= 1_000_000;
  return {
    origin: cut.origin,
    base: baseOf(cut),
    more: new Map(shared ? [["connections", `shared:${most}`]] : []),
  };
}

function requestOf(
  node: Located,
  index: number,
  { origin }: Target,
  variables: Variables,
): Request | { refused: Note } {
  const given = valueAt(node, "method");
  const named = (scalarText(given) ?? "GET").toUpperCase();
  const method: Method | undefined = METHODS.get(named);
  if (method === undefined) {
    const known = [...METHODS.keys()].join(", ");
    return {
      refused: {
        at: given?.at ?? node.at,
        text: `the method ${JSON.stringify(named.slice(0, 20))} is none of ${known}`,
      },
    };
  }
  const path = textAt(node, "path") ?? "/";
  const weight = numberAt(node, "weight") ?? 1;
  const weightAt = valueAt(node, "weight")?.at ?? node.at;
  if (weight < 0) return { refused: { at: weightAt, text: `the weight ${weight} is below 0` } };
  const body = textAt(node, "body");
  const file = textAt(node, "body_file");
  const timeout = numberAt(node, "timeout_ms");
  const more = new Map<string, Value>();
  if (timeout !== undefined && timeout >= 1 && timeout < 1e9) {
    more.set("timeout", timeText(timeout));
  }
  const step = stepOfRequest({
    comments: [],
    method,
    url: path.startsWith("/") ? path : `/${path.replace(/^https?:\/\/[^/]*\/?/i, "")}`,
    origin,
    headers: entriesAt(node, "headers").flatMap(([name, value]) => {
      const text = scalarText(value);
      return text === undefined ? [] : [[name, text] as const];
    }),
    body: file !== undefined && file !== "" && !/\p{Cc}/u.test(file)
      ? { kind: "file", path: file }
      : body === undefined
      ? { kind: "none" }
      : { kind: "text", text: body },
    more,
  }, variables);
  const name = textAt(node, "name")?.trim() || `request-${index + 1}`;
  return { name, weight, weightAt, step: { ...step, name } };
}

function flowsOf(
  root: Located,
  requests: readonly Request[],
  think: DraftThink | null,
  notes: Note[],
): DraftFlow[] | { refused: Note } {
  const withThink = (step: DraftRequest) => think === null ? [step] : [step, think];
  const sequence = valueAt(root, "sequence");
  if (sequence !== undefined) {
    const steps: DraftFlow["steps"][number][] = [];
    for (const node of itemsAt(sequence, "steps")) {
      const wanted = textAt(node, "request");
      const request = requests.find(({ name }) => name === wanted);
      if (request === undefined) {
        return {
          refused: {
            at: (valueAt(node, "request") ?? node).at,
            text: `the sequence names no request of [[requests]]: ${wanted ?? ""}`,
          },
        };
      }
      const repeat = Math.trunc(numberAt(node, "repeat") ?? 1);
      if (repeat < 1) continue;
      const more = new Map(request.step.more);
      if (repeat > 1 && repeat <= 1_000_000) more.set("repeat", repeat);
      if (repeat > 1 && think !== null) {
        notes.push({
          at: node.at,
          text: `between the ${repeat} passes of ${request.name} nobody thinks: think_time comes behind them`,
        });
      }
      steps.push(...withThink({ ...request.step, more }));
    }
    if (steps.length === 0) return { refused: { at: sequence.at, text: "[sequence] has no steps" } };
    return [{ name: "sequence", weight: 1, steps }];
  }
  const weighed = requests.filter(({ weight }) => weight > 0);
  for (const { name, weightAt } of requests.filter(({ weight }) => weight === 0)) {
    notes.push({
      at: weightAt,
      text: `the request ${JSON.stringify(name.slice(0, 40))} is left out: its weight is 0`,
    });
  }
  if (weighed.length === 0) {
    return { refused: { at: requests[0]?.weightAt ?? 0, text: "every request has weight 0" } };
  }
  const weights = wholeWeights(weighed.map(({ weight }) => weight));
  return weighed.map(({ name, step }, index) => ({
    name,
    weight: weights[index] ?? 1,
    steps: withThink(step),
  }));
}

/** Whole numbers in the proportion of the weights, as small as they can be, from 1 to 1,000,000. */
function wholeWeights(weights: readonly number[]): number[] {
  const most = Math.max(...weights);
  const decimals = Math.max(...weights.map((weight) => (/\.(\d+)$/.exec(String(weight))?.[1] ?? "").length));
  const scale = Math.min(10 ** Math.min(decimals, 6), 1_000_000 / most);
  const whole = weights.map((weight) => Math.max(1, Math.round(weight * scale)));
  const divisor = whole.reduce(greatestDivisor);
  return whole.map((weight) => weight / divisor);
}

function greatestDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestDivisor(other, one % other);
}

function thinkOf(node: Located | undefined, notes: Note[]): DraftThink | null {
  if (node === undefined) return null;
  const time = (key: string) => {
    const found = numberAt(node, key);
    return found === undefined || found < 0 || found > 1e9 ? undefined : Math.round(found);
  };
  const [fixed, least, most] = [time("duration_ms"), time("min_ms"), time("max_ms")];
  const comments: string[] = [];
  if (textAt(node, "type") === "random" && least !== undefined && most !== undefined && least <= most) {
    return { kind: "think", time: `${timeText(least)}..${timeText(most)}`, comments };
  }
  if (fixed !== undefined) return { kind: "think", time: timeText(fixed), comments };
  notes.push({
    at: node.at,
    text: "[think_time] is left out: it has neither duration_ms nor min_ms and max_ms in order",
  });
  return null;
}

function noteTheRest(root: Located, notes: Note[]): void {
  for (const [path, why] of NOTED) {
    const found = valueAt(root, ...path);
    if (found !== undefined) notes.push({ at: found.at, text: `${path.join(".")} is left out: ${why}` });
  }
  for (const [key, node] of entriesAt(root)) {
    if (!KNOWN.includes(key)) {
      notes.push({ at: node.at, text: `[${key}] is left out: Z6 has no such section` });
    }
  }
}
