/** `exchange`: what is done on a WebSocket, in order. */
import { keyPlaceAt, nodeAt, type Path } from "../1_parse/document.ts";
import type { Tick } from "../../runtime/plan.ts";
import { checkAction } from "./check_action.ts";
import { checkRepeat, warnOfLoop } from "./check_repeat.ts";
import { type Checking, hasUnknownKey, placeOf, plainAt, report } from "./checking.ts";
import type { ExchangeItem } from "./scenario.ts";
import { ACTION_KEYS, type ActionKey, ACTIONS, type FoundAction } from "./schema_exchange.ts";
import { tableName } from "./table_names.ts";
import type { WrittenStep } from "./written_steps.ts";

/** How deep repeats of an exchange may stand in each other. */
const MOST_DEPTH = 8;

/** What actions have from where they stand; `isOnce` tells that nothing repeats them. */
export type ExchangeSurroundings = Readonly<
  { tags: readonly number[]; timeoutTicks: Tick; isOnce: boolean }
>;

/** Null where something is wrong. What `written` has beyond `found` closes the WebSocket. */
export function checkExchange(
  checking: Checking,
  written: readonly WrittenStep[],
  found: readonly FoundAction[],
  around: ExchangeSurroundings,
): readonly ExchangeItem[] | null {
  return checkItems(checking, written, found, around, 0);
}

/** `depth` counts the repeats around the items. */
function checkItems(
  checking: Checking,
  written: readonly WrittenStep[],
  found: readonly FoundAction[],
  around: ExchangeSurroundings,
  depth: number,
): readonly ExchangeItem[] | null {
  const items = written.flatMap((one, index): ExchangeItem[] => {
    const item = checkItem(checking, one, found[index] ?? { close: 1000 }, around, depth);
    const isLast = depth === 0 && index === written.length - 1;
    if (found[index]?.close !== undefined && !isLast) reportEarlyClose(checking, one.path, depth);
    return item === null ? [] : [item];
  });
  return items.length === written.length ? items : null;
}

function checkItem(
  checking: Checking,
  written: WrittenStep,
  found: FoundAction,
  around: ExchangeSurroundings,
  depth: number,
): ExchangeItem | null {
  const { path } = written;
  const verb = found.close !== undefined && nodeAt(checking.document, path) === undefined
    ? "close"
    : verbAt(checking, path);
  if (verb === null) return null;
  checkKeys(checking, path, verb);
  if (verb !== "exchange") {
    if (around.isOnce) warnOfLoop(checking, path);
    return checkAction(checking, written, verb, found, around);
  }
  if (depth === MOST_DEPTH) {
    const words = `repeats stand ${
      MOST_DEPTH + 1
    } deep here; ${MOST_DEPTH} are the most, so make flatter ones`;
    report(checking, "Z1630", path, words);
    return null;
  }
  const repeat = checkRepeat(checking, found.repeat, path, "actions");
  const inner = found.exchange ?? [];
  if (inner.length === 0) {
    const words = "nothing is repeated; give it actions, or remove it";
    report(checking, "Z1623", [...path, "exchange"], words);
  }
  if (found.repeat === undefined && !hasUnknownKey(checking, path)) {
    const words = `${tableName(path, checking.plain)} does not say how often its actions are done; ` +
      "give it repeat, as in repeat = 3, or take them out of it";
    report(checking, "Z1625", path, words);
  }
  const exchange = checkItems(checking, written.steps, inner, { ...around, isOnce: false }, depth + 1);
  if (repeat === null || exchange === null || exchange.length === 0) return null;
  return { kind: "repeat", place: placeOf(checking, path), min: repeat.min, max: repeat.max, exchange };
}

/** What the action does: exactly one of the verbs. */
function verbAt(checking: Checking, path: Path): ActionKey | null {
  const [verb, second] = ACTIONS.filter((key) => plainAt(checking, [...path, key]) !== undefined);
  const who = tableName(path, checking.plain);
  if (verb === undefined) {
    if (hasUnknownKey(checking, path)) return null;
    const words = `${who} does nothing; give it one of ${
      ACTIONS.slice(0, -1).join(", ")
    }, or repeat and exchange`;
    report(checking, "Z1624", path, words);
    return null;
  }
  if (second === undefined) return verb;
  const at = keyPlaceAt(checking.document, [...path, second]);
  report(
    checking,
    "Z1624",
    at,
    `${who} has both ${verb} and ${second}; one action does one thing, so make two`,
  );
  return null;
}

function checkKeys(checking: Checking, path: Path, verb: ActionKey): void {
  const node = nodeAt(checking.document, path);
  const keys = node?.kind === "table" ? [...node.entries.keys()] : [];
  for (const key of keys) {
    if (key === verb || ACTION_KEYS[verb].includes(key)) continue;
    if (plainAt(checking, [...path, key]) === undefined) continue;
    const words = key === "repeat"
      ? `repeat stands beside exchange, as in { repeat = 3, exchange = [{ ${verb} = … }] }`
      : `${key} has no meaning beside ${verb}; it belongs to ${ownersOf(key)}`;
    report(checking, "Z1625", keyPlaceAt(checking.document, [...path, key]), words);
  }
}

function ownersOf(key: string): string {
  const owners = ACTIONS.filter((verb) => ACTION_KEYS[verb].includes(key));
  return owners.length < 2 ? owners.join("") : `${owners.slice(0, -1).join(", ")} and ${owners.at(-1)}`;
}

function reportEarlyClose(checking: Checking, path: Path, depth: number): void {
  const words = depth > 0
    ? "close stands in a repeat, and a WebSocket is closed once; move it to the end of the exchange"
    : "close is not the last action, and nothing can be done on a closed WebSocket; move it to the end";
  report(checking, "Z1626", keyPlaceAt(checking.document, [...path, "close"]), words);
}
