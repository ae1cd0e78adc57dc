/**
 * The Summary in Prometheus' text format (0.0.4), for a textfile collector or a push gateway. docs/exports.md describes it.
 */
import type { Summary } from "../reduce/summary.ts";
import { type Family, type Labels, metricFamilies } from "./metric_families.ts";

/** Ends with a newline. Every sample carries the scenario's name as `scenario`. */
export function renderPrometheus(summary: Summary): string {
  const { name } = summary.run;
  return metricFamilies(summary).flatMap((family) => [
    `# HELP ${family.name} ${family.help}`,
    `# TYPE ${family.name} ${family.type}`,
    ...new Set(sampleLines(family, name)),
  ]).join("\n") + "\n";
}

/** A scenario may say the same threshold twice, so that a line comes twice; it must not stand twice. */
function sampleLines(family: Family, scenario: string): string[] {
  const { name } = family;
  const line = (name: string, labels: Labels, value: number) =>
    `${name}${labelText({ scenario, ...labels })} ${value}`;
  if (family.type !== "summary") return family.samples.map(({ labels, value }) => line(name, labels, value));
  return family.samples.flatMap(({ labels, quantiles, sum, count }) => [
    ...quantiles.map(([quantile, value]) => line(name, { ...labels, quantile }, value)),
    line(`${name}_sum`, labels, sum),
    line(`${name}_count`, labels, count),
  ]);
}

function labelText(labels: Labels): string {
  return `{${Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`).join(",")}}`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
