/** The practice shop's GraphQL: one operation of fields, arguments, variables and aliases over a fixed schema. */
import { good, type KeyedDraw, keyOf, searched } from "./practice_goods.ts";

type Field = Readonly<{
  alias: string;
  name: string;
  values: Readonly<Record<string, unknown>>;
  /** Empty where none are selected. */
  fields: readonly Field[];
}>;
type Table = Readonly<Record<string, unknown>>;
type Resolve = (values: Table, draw: KeyedDraw) => unknown;

/** What is wrong with a query; answered, as GraphQL does, with status 200. */
class Refused extends Error {}

const ROOTS: Readonly<Record<string, ReadonlyMap<string, Resolve>>> = {
  query: new Map<string, Resolve>([
    ["item", ({ id }, draw) => good(number("id", id), draw)],
    ["search", ({ text, first = 10 }, draw) => {
      if (typeof text !== "string") throw new Refused("search wants a text");
      const { total, items } = searched(text, 1, draw);
      return { total, items: items.slice(0, number("first", first)) };
    }],
  ]),
  mutation: new Map<string, Resolve>([
    ["addReview", ({ item, stars }, draw) => {
      const given = number("stars", stars);
      if (given < 1 || given > 5) throw new Refused("stars are from 1 to 5");
      const reviewed = good(number("item", item), draw);
      return { id: draw(keyOf(`${reviewed.id} ${given}`)), stars: given, item: reviewed };
    }],
  ]),
};

/** Answers the JSON body of a GraphQL request: `query` and, perhaps, `variables`. */
export function graphqlAnswer(
  { query, variables }: Table,
  draw: KeyedDraw,
): { status: number; json: unknown } {
  if (typeof query !== "string") return { status: 400, json: { errors: [{ message: "query is wanted" }] } };
  try {
    const given = typeof variables === "object" && variables !== null ? { ...variables } : {};
    const { kind, fields } = new Reader(query, given).operation();
    const data = fields.map(({ alias, name, values, fields }) => {
      const resolve = ROOTS[kind].get(name);
      if (resolve === undefined) throw new Refused(`${kind} has no field ${name}`);
      return [alias, selected(name, resolve(values, draw), fields)];
    });
    return { status: 200, json: { data: Object.fromEntries(data) } };
  } catch (cause) {
    if (!(cause instanceof Refused)) throw cause;
    return { status: 200, json: { errors: [{ message: cause.message }] } };
  }
}

/** Of a value, what was selected. */
function selected(of: string, value: unknown, fields: readonly Field[]): unknown {
  if (Array.isArray(value)) return value.map((one) => selected(of, one, fields));
  const isTable = typeof value === "object" && value !== null;
  if (isTable !== fields.length > 0) {
    throw new Refused(isTable ? `${of} wants fields selected` : `${of} has no fields`);
  }
  if (!isTable) return value;
  const known = new Map(Object.entries(value));
  return Object.fromEntries(fields.map(({ alias, name, fields }) => {
    if (!known.has(name)) throw new Refused(`${of} has no field ${name}`);
    return [alias, selected(name, known.get(name), fields)];
  }));
}

function number(name: string, value: unknown): number {
  if (!/^\d{1,9}$/.test(String(value))) throw new Refused(`${name} wants a whole number`);
  return Number(value);
}

const NAME = /^[A-Za-z_]\w*$/;

/** Reads the text of one operation, by the grammar of GraphQL as far as this schema needs it. */
class Reader {
  readonly #tokens: readonly string[];
  readonly #variables: Table;
  #at = 0;

  constructor(text: string, variables: Table) {
    this.#tokens = text.replace(/#.*/g, "").match(/"(?:[^"\\\n]|\\.)*"|[A-Za-z_]\w*|-?\d+|[^\s,]/g) ?? [];
    this.#variables = variables;
  }

  operation(): { kind: "query" | "mutation"; fields: readonly Field[] } {
    const kind = this.#is("mutation") ? "mutation" : "query";
    if (this.#is(kind)) {
      this.#at++;
      if (NAME.test(this.#peek())) this.#at++;
      // Types of variables: the schema is so small that the fields themselves check them.
      if (this.#is("(")) { while (this.#take() !== ")"); }
    }
    const fields = this.#fields();
    if (this.#at < this.#tokens.length) {
      throw new Refused(`one operation is wanted; then came ${this.#peek()}`);
    }
    return { kind, fields };
  }

  #fields(): readonly Field[] {
    this.#expect("{");
    const fields: Field[] = [];
    while (!this.#is("}")) fields.push(this.#field());
    this.#at++;
    if (fields.length === 0) throw new Refused("no fields are selected");
    return fields;
  }

  #field(): Field {
    const alias = this.#name();
    let name = alias;
    if (this.#is(":")) {
      this.#at++;
      name = this.#name();
    }
    const values: Record<string, unknown> = {};
    if (this.#is("(")) {
      this.#at++;
      while (!this.#is(")")) {
        const key = this.#name();
        this.#expect(":");
        values[key] = this.#value();
      }
      this.#at++;
    }
    return { alias, name, values, fields: this.#is("{") ? this.#fields() : [] };
  }

  #value(): unknown {
    const token = this.#take();
    if (token === "$") return this.#variables[this.#name()];
    if (/^["\d-]/.test(token)) {
      try {
        return JSON.parse(token);
      } catch {
        throw new Refused(`${token} is no value`);
      }
    }
    throw new Refused(`${token} is no value`);
  }

  #name(): string {
    const token = this.#take();
    if (!NAME.test(token)) throw new Refused(`a name was expected, not ${token}`);
    return token;
  }

  #expect(wanted: string): void {
    const token = this.#take();
    if (token !== wanted) throw new Refused(`${wanted} was expected, not ${token}`);
  }

  #is(token: string): boolean {
    return this.#peek() === token;
  }

  #peek(): string {
    return this.#tokens[this.#at] ?? "";
  }

  #take(): string {
    if (this.#at >= this.#tokens.length) throw new Refused("the query ends too early");
    return this.#tokens[this.#at++];
  }
}
