/** What to say of a key that has no meaning where it stands. */
import { type Path } from "../1_parse/document.ts";
import { quote } from "../diagnostic.ts";
import { knownKeys } from "./known_keys.ts";
import { nearestName } from "./nearest_name.ts";
import { type Trouble, trouble } from "./reading.ts";
import { scenarioSchema } from "./schema.ts";
import { tableName } from "./table_names.ts";

/** Keys of one load model only, and why the other has no use for them. */
const OTHER_MODEL: Readonly<Record<string, { model: "open" | "closed"; why: string; meant?: string }>> = {
  rate: {
    model: "open",
    why: "a closed load has no rate of its own: its users begin as the target lets them; give vus",
    meant: "vus",
  },
  max_vus: { model: "open", why: "the users of a closed load are never more than its vus say" },
  arrivals: { model: "open", why: "a closed load has no arrivals: its users begin again as they end" },
  vus: {
    model: "closed",
    why: "an open load starts sessions by the clock; give rate, and bound the users with max_vus",
    meant: "rate",
  },
  pace: {
    model: "closed",
    why: "the rate of an open load says when sessions begin",
  },
  iterations: {
    model: "closed",
    why: "an open load is as long as its stages; its rate and length say how many sessions there are",
  },
};

/** `path` leads to the table that holds the key. `meant` is the key it probably should be. */
export function unknownKey(key: string, path: Path, plain: unknown): Trouble & { meant?: string } {
  const inLoad = path[0] === "load";
  const other = Object.hasOwn(OTHER_MODEL, key) ? OTHER_MODEL[key] : undefined;
  if (inLoad && other !== undefined && modelOf(plain) !== other.model) {
    const words = `${key} belongs to ${other.model === "open" ? "an open" : "a closed"} load: ${other.why}`;
    return { ...trouble("Z1501", words), ...(other.meant === undefined ? {} : { meant: other.meant }) };
  }
  if (path.at(-1) === "setup" && path.at(-2) === "when") {
    return trouble(
      "Z1101",
      `what the setup captured is asked for in quotes: when = { "setup.${key}" = "exists" }`,
    );
  }
  const known = knownKeys(scenarioSchema, path, plain);
  const nearest = nearestName(key, known);
  const hint = nearest === null ? listed(known) : `did you mean ${nearest}?`;
  const words = `${tableName(path, plain)} knows no key ${quote(key)}; ${hint}`;
  return { ...trouble("Z1101", words), ...(nearest === null ? {} : { meant: nearest }) };
}

function listed(keys: readonly string[]): string {
  if (keys.length === 1) return `it knows ${keys[0]} only`;
  return keys.length === 0 ? "remove it" : `it knows ${keys.slice(0, -1).join(", ")} and ${keys.at(-1)}`;
}

function modelOf(plain: unknown): unknown {
  const load = typeof plain === "object" && plain !== null && "load" in plain ? plain.load : undefined;
  return typeof load === "object" && load !== null && "model" in load ? load.model : undefined;
}
