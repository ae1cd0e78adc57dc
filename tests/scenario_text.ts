/** Small scenarios for whole-system tests: one flow, one step. */

export type SmallScenario = Readonly<{
  base: string;
  /** The table [load] without its head. */
  load: string;
  path?: string;
  /** As in `connections = "…"`. */
  connections?: string;
  /** The lines of [[threshold]] tables. */
  thresholds?: string;
}>;

/** Writes `small.toml` into `folder` and returns its path. */
export function writeScenario(folder: string, scenario: SmallScenario): string {
  const { base, load, path = "/", connections = "per-vu", thresholds = "" } = scenario;
  const file = `${folder}/small.toml`;
  Deno.writeTextFileSync(
    file,
    `name = "small"
[target]
base = "${base}"
connections = "${connections}"
[load]
${load}
[[flow]]
name = "visit"
[[flow.step]]
name = "get"
get = "${path}"
${thresholds}`,
  );
  return file;
}
