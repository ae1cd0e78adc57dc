/** `uniform`, `poisson`, `burst:10` → how sessions arrive. */
import { quote } from "../diagnostic.ts";
import { didYouMean } from "./nearest_name.ts";
import { readCount } from "./quantities.ts";
import { isTrouble, read, type Reading, trouble } from "./reading.ts";
import type { OpenLoad } from "./scenario_load.ts";

const MOST_TOGETHER = 1_000_000;

export function readArrivals(text: string): Reading<Pick<OpenLoad, "arrivals" | "burst">> {
  if (text === "uniform" || text === "poisson") return read({ arrivals: text, burst: 1 });
  if (!text.startsWith("burst:")) {
    const hint = didYouMean(text, ["uniform", "poisson", "burst:10"]);
    return trouble("Z1104", `is ${quote(text)}; it must be one of "uniform", "poisson", "burst:10"${hint}`);
  }
  const burst = readCount(text.slice("burst:".length));
  if (isTrouble(burst) || burst.value < 2 || burst.value > MOST_TOGETHER) {
    return trouble(
      "Z1511",
      `${quote(text)} does not say how many arrive together; write 2 to 1,000,000, as in "burst:10"`,
    );
  }
  return read({ arrivals: "uniform", burst: burst.value });
}
