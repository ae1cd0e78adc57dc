/** What metrics and traces of OpenTelemetry have in common, in OTLP's JSON (1.x): numbers of 64 bits are texts. */
import { createHash } from "node:crypto";
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

/** What was run, by which program, and where: of a simulated run, nowhere. */
export function resourceOf(header: LedgerHeader): object {
  const { plan, plan_sha256, seed, simulated, host, shard, started, deno, z6c } = header;
  const isReal = simulated !== true;
  const instance = createHash("sha256").update([plan_sha256, seed, started, shard.index].join(" "));
  return {
    attributes: attributes({
      "service.name": "z6c",
      "service.version": z6c,
      "service.instance.id": uuid(instance.digest("hex")),
      "process.runtime.name": isReal ? "deno" : null,
      "process.runtime.version": isReal ? deno : null,
      "os.type": isReal ? host.os : null,
      "os.version": isReal && host.kernel !== "" ? host.kernel : null,
      "host.arch": isReal ? ARCHITECTURES[host.arch] ?? host.arch : null,
      "z6c.scenario": plan.name,
      "z6c.plan_sha256": plan_sha256,
      "z6c.seed": seed,
      "z6c.simulated": !isReal,
      "z6c.shard": shard.count > 1 ? `${shard.index}/${shard.count}` : null,
    }),
  };
}

/** As the semantic conventions call them. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x86_64: "amd64", aarch64: "arm64" };

/** Of hexadecimal digits that are random enough: version 8 (RFC 9562 section 5.8). */
function uuid(hex: string): string {
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ]
    .join("-");
}

export const SCOPE = { name: "z6c", version: VERSION } as const;

/**
 * Nanoseconds since 1970 of a run's ticks, as a text. Tick 0 is taken to be when the header was written; where that was
 * 1970 itself (a simulation), it is one nanosecond later, for 0 means that nobody knows.
 */
export function nanoClock({ started }: Pick<LedgerHeader, "started">): (tick: number) => string {
  const start = BigInt(Date.parse(started)) * 1_000_000n;
  return (tick) => String(start + BigInt(tick) * 1000n || 1n);
}
