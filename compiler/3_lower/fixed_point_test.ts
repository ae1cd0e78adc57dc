import assert from "node:assert/strict";
import fc from "fast-check";
import { exponential, logarithm, normalQuantile, ONE } from "./fixed_point.ts";

/** The first 34 decimals. */
function decimals(x: bigint): string {
  const scaled = (x * 10n ** 34n) / ONE;
  return `${scaled / 10n ** 34n}.${String(scaled % 10n ** 34n).padStart(34, "0")}`;
}

Deno.test("printed constants", () => {
  assert.equal(decimals(logarithm(2n * ONE)), "0.6931471805599453094172321214581765");
  assert.equal(decimals(logarithm(10n * ONE)), "2.3025850929940456840179914546843642");
  assert.equal(decimals(-logarithm(ONE / 4n)), "1.3862943611198906188344642429163531");
  assert.equal(decimals(exponential(ONE)), "2.7182818284590452353602874713526624");
  assert.equal(decimals(exponential(0n)), "1.0000000000000000000000000000000000");
  assert.equal(logarithm(ONE), 0n);
  assert.equal(normalQuantile(ONE / 2n), 0n);
  // Φ^−1(3/4), the probable error.
  assert.match(decimals(normalQuantile((3n * ONE) / 4n)), /^0\.6744897501960817432022/);
  assert.match(decimals(normalQuantile((39n * ONE) / 40n)), /^1\.9599639845400542355245/);
});

Deno.test("logarithm and exponential undo each other, and agree with doubles", () => {
  const fixed = fc.bigInt({ min: -10n * ONE, max: 10n * ONE });
  fc.assert(fc.property(fixed, (x) => {
    const power = exponential(x);
    const back = logarithm(power);
    assert((back > x ? back - x : x - back) < ONE >> 95n, String(x));
    const double = Math.exp(Number(x) / 2 ** 128);
    assert(Math.abs(Number(power) / 2 ** 128 / double - 1) < 1e-12, String(x));
  }));
});

Deno.test("normal quantiles: Φ by another series gives the probability back", () => {
  // Φ(z) = ½ + (1/√(2π)) · Σ (−1)^n z^(2n+1) / (2^n n! (2n+1)), in doubles.
  const probability = (z: number) => {
    let sum = 0;
    let term = z;
    for (let n = 0; Math.abs(term) > 1e-18; n++) {
      sum += term / (2 * n + 1);
      term *= -(z * z) / (2 * (n + 1));
    }
    return 0.5 + sum / Math.sqrt(2 * Math.PI);
  };
  fc.assert(fc.property(fc.bigInt({ min: ONE >> 16n, max: ONE - (ONE >> 16n) }), (p) => {
    const z = normalQuantile(p);
    assert(Math.abs(probability(Number(z) / 2 ** 128) - Number(p) / 2 ** 128) < 1e-12, String(p));
    assert.equal(normalQuantile(ONE - p), -z);
  }));
});
