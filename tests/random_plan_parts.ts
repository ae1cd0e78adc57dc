/** Parts of random plans, for properties over whole runs. */
import fc from "fast-check";
import type { Condition, Target } from "../runtime/plan.ts";
import type { SampleStep } from "./sample_plans.ts";

/** How often a step is run, from 0 to 2 times. */
export const repeat = fc.tuple(fc.nat(2), fc.nat(2))
  .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);

/** Every kind of connections. */
export const connections = fc.constantFrom<Target["connections"]>(
  { kind: "per-vu" },
  { kind: "per-session" },
  { kind: "per-request" },
  { kind: "shared", size: 2 },
);

/** Steps, and groups of them up to two deep. */
export function withGroups(
  simpleStep: fc.Arbitrary<SampleStep>,
  when: fc.Arbitrary<Condition | undefined>,
): fc.Arbitrary<SampleStep> {
  const group = (inner: fc.Arbitrary<SampleStep>): fc.Arbitrary<SampleStep> =>
    fc.record({
      group: fc.constant("group"),
      steps: fc.array(inner, { maxLength: 3 }),
      repeat: fc.option(repeat, { nil: undefined }),
      when,
    });
  return fc.oneof(
    { weight: 4, arbitrary: simpleStep },
    { weight: 1, arbitrary: group(fc.oneof({ weight: 3, arbitrary: simpleStep }, group(simpleStep))) },
  );
}

/** The same steps for a setup: what that captures is its own, the second of a plan's captures. */
export function asSetup(steps: readonly SampleStep[]): SampleStep[] {
  return steps.map((it) => {
    if ("group" in it) return { ...it, steps: asSetup(it.steps) };
    if ("webSocket" in it) return { ...it, exchange: asSetup(it.exchange) };
    if ("think" in it || it.request?.captures === undefined) return it;
    const captures = it.request.captures.map((of) => ({ ...of, capture: 1 }));
    return { ...it, request: { ...it.request, captures } };
  });
}
