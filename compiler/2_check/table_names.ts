/** What messages call a table of the scenario. */
import type { Path } from "../1_parse/document.ts";
import { quote } from "../diagnostic.ts";

/** `[target]`, `table "users"`, `stage 2 of [load]`, `flow "buy"`, `step "login" of flow "buy"`, `threshold 1`. */
export function tableName(path: Path, plain: unknown): string {
  const [first, index, second, step, ...rest] = path;
  if (first === undefined) return "the file";
  if (first === "load" && index === "stages" && typeof second === "number") {
    return step === undefined ? `${numbered("stage", second, nameAt(plain, path))} of [load]` : "[load]";
  }
  if (first === "data" && typeof index === "number") {
    const table = numbered("table", index, nameAt(plain, ["data", index]));
    return second === undefined
      ? table
      : `${[second, step, ...rest].filter((one) => one !== undefined).join(".")} in ${table}`;
  }
  if (first === "threshold" && typeof index === "number") return `threshold ${index + 1}`;
  if (first !== "flow" || typeof index !== "number") return `[${path.join(".")}]`;
  const flow = numbered("flow", index, nameAt(plain, ["flow", index]));
  if (second !== "step" || typeof step !== "number") return flow;
  const whole = `${numbered("step", step, nameAt(plain, ["flow", index, "step", step]))} of ${flow}`;
  return rest.length === 0 ? whole : `${rest.join(".")} in ${whole}`;
}

function numbered(kind: string, index: number, name: unknown): string {
  return typeof name === "string" && name !== "" ? `${kind} ${quote(name)}` : `${kind} ${index + 1}`;
}

function nameAt(plain: unknown, path: Path): unknown {
  let value = plain;
  for (const step of [...path, "name"]) {
    value = typeof value === "object" && value !== null
      ? Object.getOwnPropertyDescriptor(value, step)?.value
      : undefined;
  }
  return value;
}
