/** A stage of an open load: `rate` arrivals a second, as an entry of `stages`. */
export function openStage(rate: number, seconds: number, isWarmup = false): string {
  const warmup = isWarmup ? ", warmup = true" : "";
  return `{ for = "${Math.round(seconds * 1000)}ms", rate = "${rate}/s"${warmup} }`;
}
