/** Colours that people with any vision tell apart (after Okabe and Ito), on light and on dark ground. */

export type Colours = Readonly<{
  ink: string;
  quiet: string;
  line: string;
  ground: string;
  warmup: string;
  lines: readonly string[];
  /** From the fastest quantile to the slowest. */
  quantiles: readonly [p50: string, p90: string, p99: string, max: string];
  good: string;
  bad: string;
  /** From few to many. */
  heat: readonly (readonly [number, number, number])[];
}>;

const LIGHT: Colours = {
  ink: "#1d2228",
  quiet: "#59626d",
  line: "#e8eaed",
  ground: "#ffffff",
  warmup: "rgba(89, 98, 109, 0.08)",
  lines: ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b58900", "#56b4e9", "#6a4c93", "#7f7f7f"],
  quantiles: ["#084a91", "#3f8fd2", "#e69f00", "#9aa3ad"],
  good: "#0072b2",
  bad: "#d55e00",
  heat: [[222, 235, 247], [158, 202, 225], [66, 146, 198], [8, 81, 156], [8, 29, 66]],
};

const DARK: Colours = {
  ink: "#e6e8eb",
  quiet: "#a3acb7",
  line: "#2a3037",
  ground: "#1b1f24",
  warmup: "rgba(163, 172, 183, 0.10)",
  lines: ["#56b4e9", "#f28e4b", "#3fc79a", "#e79ac4", "#e8c547", "#8fd3ff", "#b79ae0", "#a8a8a8"],
  quantiles: ["#4aa3ee", "#9ccbf2", "#f0b429", "#77818c"],
  good: "#56b4e9",
  bad: "#f28e4b",
  heat: [[30, 52, 80], [35, 94, 140], [60, 150, 180], [160, 205, 150], [253, 231, 120]],
};

export function coloursOf(isDark: boolean): Colours {
  return isDark ? DARK : LIGHT;
}

/** `part` from 0 to 1. */
export function heatColour({ heat }: Colours, part: number): string {
  const place = Math.min(1, Math.max(0, part)) * (heat.length - 1);
  const below = Math.min(heat.length - 2, Math.floor(place));
  const mixed = heat[below].map((value, at) =>
    Math.round(value + (heat[below + 1][at] - value) * (place - below))
  );
  return `rgb(${mixed.join(",")})`;
}
