/** A small shop with all that can be seen in a session, written by hand: what `z6c inspect` shows of it is checked in. */
import { ERROR } from "../runtime/ledger/errors.ts";
import { END } from "../runtime/ledger/record.ts";
import type { Plan, Request } from "../runtime/plan.ts";
import { type InspectedLedger, inspectedLedger } from "./inspected_ledger.ts";
import { onceRecords } from "./random_run.ts";
import { syntheticHeader, syntheticPlan, type SyntheticRecord } from "./synthetic_ledger.ts";

/** Twelve shoppers, one a second; from the eighth on, paying is slow and sometimes fails. */
export function shopLedger(blockRecords?: number): InspectedLedger {
  return inspectedLedger(syntheticHeader(shopPlan()), shopRecords(), blockRecords);
}

function shopPlan(): Plan {
  const plan = syntheticPlan({
    name: "shop",
    flows: [{ name: "buy", steps: ["log-in", "search", "pay"] }],
    setup: ["make-a-customer"],
    stages: [
      { name: "warm", warmup: true, lengthTicks: 2_000_000, rate: 1 },
      { name: "hold", lengthTicks: 10_000_000, rate: 1 },
    ],
  });
  const heads = ["POST /login", "GET /search?q=", "POST /cart/pay", "POST /customers"];
  const requests = plan.requests.map((request, at): Request => {
    const line = heads[at];
    const slot = { slot: "data", table: 0, column: 0, encoding: "query" } as const;
    const tail = " HTTP/1.1\r\nhost: shop.test\r\n\r\n";
    return { ...request, method: line.split(" ")[0], head: at === 1 ? [line, slot, tail] : [line + tail] };
  });
  return { ...plan, requests, captures: ["buy/token"] };
}

function shopRecords(): SyntheticRecord[] {
  const records: SyntheticRecord[] = [...onceRecords(shopPlan(), "setup", true)];
  for (let session = 0; session < 12; session++) records.push(...shopper(session));
  records.push({ tick: 0, kind: "stageEntered", a: 0 }, { tick: 2_000_000, kind: "stageEntered", a: 1 });
  records.push({ tick: 7_400_000, kind: "loopGap", a: 30_000 });
  records.push({ tick: 9_500_000, kind: "arrivalDropped", session: 12, a: 1 });
  const [setup, load] = [records.slice(0, 6), records.slice(6)];
  const sorted = load.sort((one, other) => one.tick - other.tick);
  return [...setup, ...sorted, { tick: sorted.at(-1)?.tick ?? 0, kind: "runEnded", a: 12, b: 1, c: 36 }];
}

function shopper(session: number): SyntheticRecord[] {
  const start = session * 1_000_000;
  const on = { session, vu: session % 4 };
  const isLate = session >= 8;
  const lag = isLate ? 1_200 : 40;
  const found = start + lag + 12_000;
  const think = 900_000;
  const searched = found + think + 30_000 + session * 100;
  const paid = searched + (isLate ? 700_000 + session * 1_000 : 45_000);
  const request = (step: number, due: number, late: number, opens: boolean): SyntheticRecord[] => [
    { ...on, step, tick: due, kind: "requestPlanned", a: 1 },
    { ...on, step, tick: due + late, kind: "requestIssued", a: late, c: 180 + step },
    ...(opens
      ? [{ ...on, step, tick: due + late + 800, kind: "connectionOpened", a: 100, b: 700 } as const]
      : []),
  ];
  const good = 200 + 2 * 2 ** 16;
  const failed: SyntheticRecord[] = [
    { ...on, step: 2, tick: paid, kind: "requestFailed", a: ERROR["wait.timeout"], c: 0xffff_ffff },
    { ...on, tick: paid, kind: "sessionEnded", step: 0, a: END.stepFailed },
  ];
  const unexpected: SyntheticRecord[] = [
    { ...on, step: 2, tick: paid, kind: "responseEnded", a: 690_000, b: 90, c: 503 + 2 ** 16 + 2 ** 24 },
    { ...on, step: 2, tick: paid, kind: "checkFailed", a: 0, b: 503, text: "503 Service Unavailable" },
    { ...on, tick: paid, kind: "sessionEnded", step: 0, a: END.completed },
  ];
  const fine: SyntheticRecord[] = [
    { ...on, step: 2, tick: paid, kind: "responseEnded", a: 44_000, b: 512, c: good },
    { ...on, tick: paid, kind: "sessionEnded", step: 0, a: END.completed },
  ];
  return [
    { ...on, tick: start, kind: "sessionStarted", step: 0, a: start < 2_000_000 ? 0 : 1 },
    ...request(0, start, lag, session < 4),
    { ...on, step: 0, tick: found, kind: "responseEnded", a: 11_000, b: 1234, c: good },
    { ...on, step: 0, tick: found, kind: "valueCaptured", a: 0, b: 9, text: `token-00${session}` },
    { ...on, step: 1, tick: found, kind: "thinkChosen", a: think },
    ...request(1, found + think, 0, false),
    { ...on, step: 1, tick: searched, kind: "responseEnded", a: 29_000, b: 40_000, c: good },
    ...request(2, searched, 0, false),
    ...(session === 9 ? failed : isLate ? unexpected : fine),
  ];
}
