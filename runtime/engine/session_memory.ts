import type { Condition, Plan, Target } from "../plan.ts";
import { CookieJar } from "../protocol/cookie_jar.ts";
import type { DataTables } from "./data_tables.ts";

const NO_ROW = -1;

/** What the session on each VU holds from one step to the next: captured values, rows of tables, cookies. */
export class SessionMemory {
  /** Captured values by their position in the plan, that every session begins with. */
  readonly #handed: readonly (readonly [capture: number, text: string])[];
  readonly #captures: number;
  readonly #captured: (string | null)[];
  readonly #tables: number;
  readonly #rows: Int32Array;
  readonly #data: DataTables;
  readonly #targets: readonly Target[];
  /** By target: which of the hosts it is; those of one host share their cookies. */
  readonly #hostOf: readonly number[];
  readonly #hosts: number;
  readonly #jars: (CookieJar | null)[];

  /** `vus`: how many there are; `handed`: by position in the plan's captures. */
  constructor(plan: Plan, data: DataTables, vus: number, handed: readonly (string | null)[] = []) {
    this.#handed = handed.flatMap((text, capture) => text === null ? [] : [[capture, text] as const]);
    this.#captures = plan.captures.length;
    this.#captured = new Array(vus * this.#captures).fill(null);
    this.#tables = plan.tables.length;
    this.#rows = new Int32Array(vus * this.#tables).fill(NO_ROW);
    this.#data = data;
    this.#targets = plan.targets;
    const hosts = [...new Set(plan.targets.map(hostName))];
    this.#hostOf = plan.targets.map((target) => hosts.indexOf(hostName(target)));
    this.#hosts = plan.targets.some(({ cookies }) => cookies) ? hosts.length : 0;
    this.#jars = new Array(vus * this.#hosts).fill(null);
  }

  /** Another session begins on the VU, and knows nothing but what is handed to all. */
  forget(vu: number): void {
    this.#captured.fill(null, vu * this.#captures, (vu + 1) * this.#captures);
    for (const [capture, text] of this.#handed) this.capture(vu, capture, text);
    this.#rows.fill(NO_ROW, vu * this.#tables, (vu + 1) * this.#tables);
    this.#jars.fill(null, vu * this.#hosts, (vu + 1) * this.#hosts);
  }

  /** Null where nothing was captured. */
  captured(vu: number, capture: number): string | null {
    return this.#captured[vu * this.#captures + capture];
  }

  /** All that the VU's session has captured, by position in the plan's captures. */
  allCaptured(vu: number): readonly (string | null)[] {
    return this.#captured.slice(vu * this.#captures, (vu + 1) * this.#captures);
  }

  capture(vu: number, capture: number, text: string | null): void {
    this.#captured[vu * this.#captures + capture] = text;
  }

  /** The row that the session takes now, or −1 where it has one of this table. */
  takeRow(vu: number, table: number, session: number): number {
    const at = vu * this.#tables + table;
    if (this.#rows[at] !== NO_ROW) return NO_ROW;
    return this.#rows[at] = this.#data.row(table, session);
  }

  /** Of the row that was taken. */
  cell(vu: number, table: number, column: number): string {
    return this.#data.cell(table, this.#rows[vu * this.#tables + table], column);
  }

  /** Keeps the `set-cookie` fields of a response to a request for `asked` (path and query). */
  storeCookies(vu: number, target: number, fields: readonly string[], asked: string, nowMs: number): void {
    this.#jar(vu, target).store(fields, asked, nowMs);
  }

  /** The header line for a request for `asked`, with its CRLF; empty where no cookie is meant for it. */
  cookieLine(vu: number, target: number, asked: string, nowMs: number): string {
    return this.#jar(vu, target).line(asked, nowMs, this.#targets[target].scheme === "https");
  }

  /** The line that was made last for the host of the target. */
  cookiesSent(vu: number, target: number): string {
    return this.#jar(vu, target).sent;
  }

  #jar(vu: number, target: number): CookieJar {
    const { host, scheme } = this.#targets[target];
    return this.#jars[vu * this.#hosts + this.#hostOf[target]] ??= new CookieJar(host, scheme === "https");
  }
}

function hostName({ host }: Target): string {
  return host.toLowerCase();
}

/** Decides a `when` for what a session has seen; its patterns are compiled once. */
export class Conditions {
  readonly #memory: SessionMemory;
  readonly #patterns = new Map<Condition, RegExp>();

  constructor(plan: Plan, memory: SessionMemory) {
    this.#memory = memory;
    for (const { program } of plan.flows) {
      for (const it of program) {
        if (it.kind !== "when" || it.condition.kind !== "matches") continue;
        this.#patterns.set(it.condition, new RegExp(it.condition.pattern, "u"));
      }
    }
  }

  /** `status`: of the session's last response, 0 before the first. */
  hold(condition: Condition, vu: number, status: number): boolean {
    switch (condition.kind) {
      case "captured":
        return (this.#memory.captured(vu, condition.capture) !== null) === condition.exists;
      case "equals":
        return (this.#memory.captured(vu, condition.capture) === condition.text) !== condition.negated;
      case "matches": {
        const text = this.#memory.captured(vu, condition.capture);
        return text !== null && this.#patterns.get(condition)?.test(text) === true;
      }
      case "status":
        return condition.ranges.some(([from, to]) => status >= from && status <= to);
    }
  }
}
