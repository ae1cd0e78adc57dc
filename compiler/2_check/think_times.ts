/** `2s`, `1s..3s`, `normal(2s, 300ms)`, `exponential(2s)`, `lognormal(2s, 0.5)` → how long a step thinks. */
import { quote } from "../diagnostic.ts";
import { DECIMAL, parseDecimal, timesExactly } from "./decimal.ts";
import { readDuration, readDurationRange } from "./durations.ts";
import { isTrouble, read, type Reading, trouble } from "./reading.ts";
import type { ThinkTime } from "./scenario.ts";

const FORMS = {
  normal: "normal(2s, 300ms), the mean and the standard deviation",
  exponential: "exponential(2s), the mean",
  lognormal: "lognormal(2s, 0.5), the median and sigma",
} as const;

const MOST_SIGMA_MILLIONTHS = 3_000_000n;

export function readThinkTime(text: string): Reading<ThinkTime> {
  const call = /^([a-z]+) *\(([^()]*)\)$/.exec(text.trim());
  if (call === null) return readEven(text);
  const [, name = "", list = ""] = call;
  const [first = "", second, third] = list.split(",").map((one) => one.trim());
  if (name !== "normal" && name !== "exponential" && name !== "lognormal") {
    return trouble(
      "Z1213",
      `${
        quote(text)
      } is no distribution z6c knows; write normal(2s, 300ms), exponential(2s) or lognormal(2s, 0.5)`,
    );
  }
  const wanted = first !== "" &&
    (name === "exponential" ? second === undefined : second !== undefined && third === undefined);
  if (!wanted) return trouble("Z1213", `${quote(text)} has not the numbers it needs; write ${FORMS[name]}`);
  const middle = readDuration(first);
  if (isTrouble(middle)) return middle;
  if (middle.value === 0) {
    return trouble(
      "Z1105",
      `${quote(text)} has a ${name === "lognormal" ? "median" : "mean"} of 0; give a time`,
    );
  }
  if (name === "exponential") return read({ kind: "exponential", meanTicks: middle.value });
  if (name === "lognormal") return readSigma(text, middle.value, second ?? "");
  const deviation = readDuration(second ?? "");
  if (isTrouble(deviation)) return deviation;
  if (deviation.value === 0) {
    return trouble(
      "Z1105",
      `${quote(text)} never varies; write ${quote(first)} alone, or give a deviation above 0`,
    );
  }
  return read({ kind: "normal", meanTicks: middle.value, deviationTicks: deviation.value });
}

function readEven(text: string): Reading<ThinkTime> {
  const range = readDurationRange(text);
  return isTrouble(range)
    ? range
    : read({ kind: "uniform", minTicks: range.value[0], maxTicks: range.value[1] });
}

function readSigma(text: string, medianTicks: number, sigma: string): Reading<ThinkTime> {
  const millionths = new RegExp(`^${DECIMAL}$`).test(sigma)
    ? timesExactly(parseDecimal(sigma), 1_000_000n)
    : null;
  if (millionths === null || millionths < 1n || millionths > MOST_SIGMA_MILLIONTHS) {
    return trouble(
      "Z1213",
      `${quote(text)} has no usable sigma; give a number above 0 and up to 3, with at most six decimals`,
    );
  }
  return read({ kind: "lognormal", medianTicks, sigmaMillionths: Number(millionths) });
}
