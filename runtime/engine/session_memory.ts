import type { Condition, Plan } from "../plan.ts";
import { CookieJar } from "../protocol/cookie_jar.ts";
import type { DataTables } from "./data_tables.ts";

const NO_ROW = -1;

/** What the session on each VU holds from one step to the next: captured values, rows of tables, cookies. */
export class SessionMemory {
  readonly #captures: number;
  readonly #captured: (string | null)[];
  readonly #tables: number;
  readonly #rows: Int32Array;
  readonly #data: DataTables;
  readonly #target: Plan["target"];
  readonly #jars: (CookieJar | null)[];

  constructor(plan: Plan, data: DataTables) {
    const { vus } = plan.bounds;
    this.#captures = plan.captures.length;
    this.#captured = new Array(vus * this.#captures).fill(null);
    this.#tables = plan.tables.length;
    this.#rows = new Int32Array(vus * this.#tables).fill(NO_ROW);
    this.#data = data;
    this.#target = plan.target;
    this.#jars = new Array(plan.target.cookies ? vus : 0).fill(null);
  }

  /** Another session begins on the VU, and knows nothing. */
  forget(vu: number): void {
    this.#captured.fill(null, vu * this.#captures, (vu + 1) * this.#captures);
    this.#rows.fill(NO_ROW, vu * this.#tables, (vu + 1) * this.#tables);
    if (this.#jars.length > 0) this.#jars[vu] = null;
  }

  /** Null where nothing was captured. */
  captured(vu: number, capture: number): string | null {
    return this.#captured[vu * this.#captures + capture];
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

  /** Only of plans with cookies. */
  jar(vu: number): CookieJar {
    const { host, scheme } = this.#target;
    return this.#jars[vu] ??= new CookieJar(host, scheme === "https");
  }
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
