import type { Plan } from "../../runtime/plan.ts";
import { sessionWord } from "./plan_words.ts";
import { DOING, type VuStates } from "./vu_states.ts";

/** What each VU that carries a session is doing, a line of JSON each: the fields of docs/inspect.md. */
export function stateJson(plan: Plan, { columns, capacity }: VuStates, limit: number): string[] {
  const lines: string[] = [];
  for (let vu = 0; vu < capacity && lines.length < limit; vu++) {
    const doing = columns.doing[vu];
    if (doing === DOING.nothing) continue;
    const waits = doing === DOING.thinking || doing === DOING.retrying;
    lines.push(JSON.stringify({
      vu,
      session: sessionWord(columns.session[vu]),
      flow: plan.flows[columns.flow[vu]]?.name ?? null,
      step: plan.steps[columns.step[vu]]?.name ?? null,
      stage: plan.load.stages[columns.stage[vu]]?.name ?? null,
      doing: Object.entries(DOING).find(([, value]) => value === doing)?.[0],
      startTick: columns.startTick[vu],
      sinceTick: columns.sinceTick[vu],
      untilTick: waits ? columns.untilTick[vu] : null,
      requests: columns.requests[vu],
      status: columns.status[vu] || null,
      error: columns.error[vu] || null,
    }));
  }
  return lines;
}
