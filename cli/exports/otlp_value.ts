/** What metrics and traces of OpenTelemetry have in common, in OTLP's JSON (1.x): numbers of 64 bits are texts. */
import type { LedgerHeader } from "../../runtime/ledger/header.ts";
import { VERSION } from "../../runtime/version.ts";

export type Attribute = Readonly<{ key: string; value: object }>;

/** Those that are null are left out. */
export function attributes(values: Readonly<Record<string, string | number | boolean | null>>): Attribute[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value === null ? [] : [{ key, value: anyValue(value) }]
  );
}

function anyValue(value: string | number | boolean): object {
  switch (typeof value) {
    case "string":
      return { stringValue: value };
    case "boolean":
      return { boolValue: value };
    default:
      return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  }
}

/** What was run, by which program. */
export function resourceOf({ plan, plan_sha256, seed, simulated, host }: LedgerHeader): object {
  return {
    attributes: attributes({
      "service.name": "z6c",
      "service.version": VERSION,
      "z6c.scenario": plan.name,
      "z6c.plan_sha256": plan_sha256,
      "z6c.seed": seed,
      "z6c.simulated": simulated === true,
      "os.type": host.os,
      "host.arch": host.arch,
    }),
  };
}

export const SCOPE = { name: "z6c", version: VERSION } as const;

/** Nanoseconds since 1970 of a run's ticks, as a text. Tick 0 is taken to be when the header was written. */
export function nanoClock({ started }: Pick<LedgerHeader, "started">): (tick: number) => string {
  const start = BigInt(Date.parse(started)) * 1_000_000n;
  return (tick) => String(start + BigInt(tick) * 1000n);
}
