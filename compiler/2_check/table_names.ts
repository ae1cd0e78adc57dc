/** What messages call a table of the scenario. */
import type { Path } from "../1_parse/document.ts";
import { quote } from "../diagnostic.ts";

/** `[target]`, `table "users"`, `stage 2 of [load]`, `flow "buy"`, `step "login" of flow "buy"`, `threshold 1`. */
export function tableName(path: Path, plain: unknown): string {
  const [first, index, second, ...rest] = path;
  if (first === undefined) return "the file";
  if (first === "load" && index === "stages" && typeof second === "number") {
    return rest.length === 0 ? `${numbered("stage", second, nameAt(plain, path))} of [load]` : "[load]";
  }
  if (first === "data" && typeof index === "number") {
    const table = numbered("table", index, nameAt(plain, ["data", index]));
    return second === undefined ? table : `${[second, ...rest].join(".")} in ${table}`;
  }
  if (first === "simulation" && typeof second === "number") {
    const table = `${index} ${second + 1} of [simulation]`;
    return rest.length === 0 ? table : `${rest.join(".")} in ${table}`;
  }
  if (first === "threshold" && typeof index === "number") return `threshold ${index + 1}`;
  if (first === "flow" && typeof index === "number") {
    return inFlow(path, 2, numbered("flow", index, nameAt(plain, ["flow", index])), plain);
  }
  if (first === "setup" || first === "teardown") return inFlow(path, 1, `[${first}]`, plain);
  return `[${path.join(".")}]`;
}

/** The step that the path leads to or into, the innermost of nested ones. */
function inFlow(path: Path, from: number, flow: string, plain: unknown): string {
  let end = from;
  while (path[end] === "step" && typeof path[end + 1] === "number") end += 2;
  if (end === from) return flow;
  const isGroup = valueAt(plain, [...path.slice(0, end), "step"]) !== undefined;
  const name = nameAt(plain, path.slice(0, end));
  const step = `${numbered(isGroup ? "group" : "step", Number(path[end - 1]), name)} of ${flow}`;
  return inExchange(path, end, step);
}

/** What is done on a WebSocket, by its number in the exchange: `2.1` is the first that the second repeats. */
function inExchange(path: Path, from: number, step: string): string {
  const numbers: number[] = [];
  let end = from;
  for (; path[end] === "exchange" && typeof path[end + 1] === "number"; end += 2) {
    numbers.push(Number(path[end + 1]) + 1);
  }
  const owner = numbers.length === 0 ? step : `action ${numbers.join(".")} of ${step}`;
  return end === path.length ? owner : `${path.slice(end).join(".")} in ${owner}`;
}

function numbered(kind: string, index: number, name: unknown): string {
  return typeof name === "string" && name !== "" ? `${kind} ${quote(name)}` : `${kind} ${index + 1}`;
}

function nameAt(plain: unknown, path: Path): unknown {
  return valueAt(plain, [...path, "name"]);
}

function valueAt(plain: unknown, path: Path): unknown {
  let value = plain;
  for (const step of path) {
    value = typeof value === "object" && value !== null
      ? Object.getOwnPropertyDescriptor(value, step)?.value
      : undefined;
  }
  return value;
}
