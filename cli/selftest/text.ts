/** The findings for people. */
import { bytes, count, duration } from "../../runtime/report/format.ts";
import { definition, indentedTable, labelled, type Page, title } from "../../runtime/report/page.ts";
import { paint } from "../../runtime/report/paint.ts";
import { type Column, wrapped } from "../../runtime/report/table.ts";
import {
  fastestFirst,
  type Findings,
  type MachineFacts,
  portsIn,
  type TransportFindings,
  usersWithin,
} from "./findings.ts";
import { ARRIVALS, CONNECTIONS } from "./measure.ts";

const [WIDTH_MIN, WIDTH_MAX] = [40, 120];

/** As wide as the screen, within reason. No newline at the end. */
export function findingsText(
  findings: Findings,
  screen: Readonly<{ width: number; color: boolean }>,
): string {
  const page: Page = {
    width: Math.min(Math.max(screen.width, WIDTH_MIN), WIDTH_MAX),
    paint: paint(screen.color),
  };
  return [
    verdictLines(findings, page),
    [title("Transports", page), ...transportLines(findings.transports, page)],
    [title("Machine", page), ...machineLines(findings.machine, page)],
    adviceLines(findings, page),
  ].map((lines) => lines.join("\n")).join("\n\n");
}

function verdictLines({ verdict, machine, z6c }: Findings, page: Page): string[] {
  const { paint, width } = page;
  const words = verdict === null
    ? "no transport could be tried"
    : `good for about ${count(verdict.perSecond)} requests/s by ${verdict.transport}; ` +
      `paced to ${duration(verdict.lagP99Ticks)} (p99)`;
  const mark = verdict === null ? paint.bad("✗") : paint.good("✓");
  const lines = wrapped(words, width - 2);
  return [
    ...lines.map((line, index) => `${index === 0 ? mark : " "} ${paint.strong(line)}`),
    ...wrapped(
      `z6c ${z6c} on ${machine.os} ${machine.arch}, against a server of its own on this machine`,
      width - 2,
    )
      .map((line) => `  ${paint.faint(line)}`),
  ];
}

const right = (title: string, optional = 0): Column => ({ title, align: "right", optional });
const COLUMNS: readonly Column[] = [
  { title: "", align: "left", optional: 0 },
  right("requests/s"),
  right("lag p50", 2),
  right("lag p99"),
  right("lag max", 1),
  right("one alone"),
];

function transportLines(transports: readonly TransportFindings[], page: Page): string[] {
  const rows = fastestFirst(transports).map(({ transport, perSecond, lag, floorTicks }) => [
    transport,
    count(perSecond),
    duration(lag.p50),
    duration(lag.p99),
    duration(lag.max),
    duration(floorTicks),
  ]);
  const missing = transports.flatMap(({ transport, problem }) =>
    problem === null ? [] : labelled(transport, wrapped(problem, page.width - 15), page)
  );
  return [
    ...(rows.length === 0 ? [] : indentedTable(COLUMNS, rows, page)),
    ...missing,
    ...definition(
      `Requests/s: ${CONNECTIONS} connections as fast as they go; client and server share this machine, so that a ` +
        `generator alone does more. Lag: how much later than due, at ${
          count(ARRIVALS)
        }/s. One alone: the time of a ` +
        "request at the median, one at a time; no target looks faster from here.",
      page,
    ),
  ];
}

function machineLines(machine: MachineFacts, page: Page): string[] {
  const { cores, memoryBytes, load, governor, clock, descriptors, ports, somaxconn } = machine;
  return [
    ...labelled("cores", [
      count(cores),
      ...(load === null ? [] : [`load ${load.toFixed(2)}`]),
      ...(governor === null ? [] : [`governor ${governor}`]),
    ], page),
    ...labelled("memory", [bytes(memoryBytes)], page),
    ...labelled("clock", [
      `steps of ${fine(clock.stepTicks)}`,
      `${count(Math.round(clock.readNs))}ns to read`,
    ], page),
    ...labelled(
      "descriptors",
      descriptors === null ? ["no limit is told"] : [
        `${count(descriptors)} in a process`,
        `${count(usersWithin(descriptors))} users with a connection each`,
      ],
      page,
    ),
    ...labelled(
      "ports",
      ports === null ? ["the system does not tell"] : [
        `${ports[0]}–${ports[1]}`,
        `${count(portsIn(ports))} connections to one target at once`,
        `as many new ones a minute`,
      ],
      page,
    ),
    ...labelled("backlog", [
      somaxconn === null ? "the system does not tell" : `${count(somaxconn)} connections wait for a server`,
    ], page),
    ...definition("A port that a connection was closed on rests for a minute before it is used again.", page),
  ];
}

/** Finer than a tick. */
function fine(ticks: number): string {
  return ticks < 1 ? `${Math.round(ticks * 1_000)}ns` : duration(ticks);
}

function adviceLines({ advice }: Findings, page: Page): string[] {
  const room = page.width - 4;
  const lines = advice.flatMap((sentence) =>
    wrapped(sentence, room).map((line, index) => `  ${index === 0 ? "→" : " "} ${line}`)
  );
  return [title("What to change", page), ...(lines.length === 0 ? ["  nothing"] : lines)];
}
