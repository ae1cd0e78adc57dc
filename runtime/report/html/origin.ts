/** The end of the page: what was run, by what, and where, so that it can be run again. */
import type { Plan } from "../../plan.ts";
import type { Summary } from "../../reduce/summary.ts";
import { bytes, count, counted, span } from "../format.ts";
import { type Markup, markup, NOTHING, number, section, table, text } from "./markup.ts";

/** A longer plan (data tables make them long) is told by its length. */
const PLAN_MOST = 64 * 1024;

/** Plan, hashes, machine, versions. */
export function originSection(summary: Summary, plan: Plan): Markup {
  const { run, decisions, integrity, shards, missingShards } = summary;
  const facts: [string, string][] = [
    ["plan SHA-256", run.planSha256],
    ["seed", String(run.seed)],
    ["decisions", `${decisions.sha256} (${counted(decisions.sessions, "session")})`],
    ...(decisions.lacking === null
      ? []
      : [["how complete", `not complete: ${decisions.lacking}`] as [string, string]]),
    ["ledger", integrity.digest ?? "–"],
    [
      "its records",
      `${integrity.state}, ${counted(integrity.records, "record")}, ${bytes(integrity.bytesRead)}`,
    ],
    ...(integrity.problem === null ? [] : [["its trouble", integrity.problem] as [string, string]]),
    ["transport", plan.transport],
    ["load", loadText(plan)],
    ...(run.simulated ? [] : [
      ["started", run.started.replace("T", " ")] as [string, string],
      [
        "machine",
        `${run.host.os} ${run.host.kernel} ${run.host.arch}, ${counted(run.host.cores, "core")}, ${
          bytes(run.host.memoryBytes)
        }`,
      ] as [string, string],
    ]),
    ["versions", `z6c ${run.z6c}, Deno ${run.deno}`],
  ];
  return section(
    "origin",
    "What was run",
    table(
      "What was run",
      [text("what"), text("value")],
      facts.map(([name, value]) => [
        name,
        markup`<code>${value}</code>`,
      ]),
    ),
    shards.length + missingShards.length === 1 ? NOTHING : table(
      "Shards",
      [text("shard"), text("began"), number("sessions"), number("requests"), text("ledger")],
      [
        ...shards.map((one) => [
          `${one.index} of ${one.count}`,
          one.started.replace("T", " "),
          count(one.sessions),
          count(one.requests),
          one.state,
        ]),
        ...missingShards.map((index) => [`${index} of ${shards[0].count}`, "–", "–", "–", "missing"]),
      ],
    ),
    planDetails(plan),
  );
}

function loadText({ load }: Plan): string {
  const stages = load.stages.map((stage) => {
    const length = stage.lengthTicks === 0 ? "" : ` for ${span(stage.lengthTicks)}`;
    if (!("rateStart" in stage)) {
      return `${stage.name} ${fromTo(stage.vusStart, stage.vusEnd)} users${length}`;
    }
    const per = stage.perTicks / 1_000_000;
    return `${stage.name} ${fromTo(stage.rateStart / per, stage.rateEnd / per)}/s${length}`;
  });
  return `${load.model}: ${stages.join(", ")}`;
}

function fromTo(from: number, to: number): string {
  const round = (value: number) => String(Number(value.toPrecision(6)));
  return from === to ? round(from) : `${round(from)}..${round(to)}`;
}

function planDetails(plan: Plan): Markup {
  const json = JSON.stringify(plan, null, 1);
  if (json.length > PLAN_MOST) {
    return markup`<p class="definition">The plan, ${bytes(json.length)}, is in the ledger.</p>`;
  }
  return markup`<details><summary>The plan</summary><pre class="scroll" tabindex="0" role="group" aria-label="The plan as JSON">${json}</pre></details>`;
}
