/** What was done: requests a second and counts, what came back, how much data. */
import type { Summary } from "../reduce/summary.ts";
import { bytes, count, counted, decimal, percent, span } from "./format.ts";
import { definition, indentedTable, labelled, type Page, title } from "./page.ts";
import type { Column } from "./table.ts";

export function loadSection(summary: Summary, page: Page): string[] {
  const { requests, sessions, checks, connections, warmup, run, time } = summary;
  return [
    title("Load", page),
    // As wrk writes it, for those who grep.
    `  Requests/sec: ${(requests.perSecond ?? 0).toFixed(2)}`,
    ...labelled("requests", [
      `${count(requests.issued)} issued`,
      `${count(requests.responded)} answered`,
      ...some(requests.unexpected, "of them unexpected"),
      `${count(requests.failed)} failed`,
      ...some(requests.cancelled, "cancelled at the end"),
      ...some(requests.redirected, "sent on by redirects"),
      ...some(requests.retried, "tried again"),
    ], page),
    ...labelled("sessions", [
      `${count(sessions.started)} started`,
      `${count(sessions.completed)} completed`,
      ...some(sessions.endedEarly, "ended early"),
      ...some(sessions.stopped, "stopped at the end"),
      ...(run.model === "open" ? [`${count(sessions.dropped)} dropped`] : []),
    ], page),
    ...(run.model === "open" && sessions.startedPerSecond !== null && sessions.intendedPerSecond !== null
      ? labelled("arrivals", [
        `${decimal(sessions.startedPerSecond)}/s started of ${
          decimal(sessions.intendedPerSecond)
        }/s intended`,
      ], page)
      : []),
    ...labelled("checks", [`${count(checks.passed)} passed`, `${count(checks.failed)} failed`], page),
    ...(connections === null ? [] : labelled("connections", [
      `${count(connections.opened)} opened`,
      `${count(connections.reused)} reused${
        requests.responded === 0 ? "" : ` (${share(connections.reused, requests.responded)})`
      }`,
    ], page)),
    ...(connections === null || connections.secured === 0 ? [] : labelled("tls", [
      counted(connections.secured, "handshake"),
      ...some(connections.resumed, "of them resumed"),
      ...some(connections.securedHttp2, "for HTTP/2"),
    ], page)),
    ...(warmup.requests + warmup.sessions + warmup.dropped === 0 ? [] : labelled("warm-up", [
      `${counted(warmup.requests, "request")} of ${counted(warmup.sessions, "session")} left out`,
      ...some(warmup.dropped, "dropped"),
    ], page)),
    ...(time.measuredTicks === 0 ? [] : definition(
      `Requests/sec: issued, over the ${span(time.measuredTicks)} of measured time` +
        ` (${
          warmup.sessions > 0 ? "from the end of warm-up" : "from the first stage"
        } to the last end of a request).` +
        (requests.unexpected === 0 ? "" : " Unexpected: a check failed.") +
        (requests.failed === 0 ? "" : " Failed: no whole response.") +
        (connections === null ? "" : " Reused: answered on a connection that an earlier request opened."),
      page,
    )),
  ];
}

const STATUS_COLUMNS: readonly Column[] = [
  { title: "status", align: "left", optional: 0 },
  { title: "responses", align: "right", optional: 0 },
  { title: "share", align: "right", optional: 0 },
];

/** A line for each status code. */
export function statusSection({ statuses, requests }: Summary, page: Page): string[] {
  if (statuses.length === 0) return [];
  const rows = statuses.map(({ status, name, count: responses }) => [
    name ?? String(status),
    count(responses),
    share(responses, requests.responded),
  ]);
  return [title("Status codes", page), ...indentedTable(STATUS_COLUMNS, rows, page)];
}

/** Bytes sent and received. */
export function dataSection({ data, time }: Summary, page: Page): string[] {
  const rate = (sum: number) =>
    time.measuredTicks === 0 ? "" : ` (${bytes((sum * 1_000_000) / time.measuredTicks)}/s)`;
  return [
    title("Data", page),
    ...labelled("sent", [bytes(data.sentBytes) + rate(data.sentBytes)], page),
    ...labelled("received", [bytes(data.receivedBytes) + rate(data.receivedBytes)], page),
  ];
}

/** Where the ledger and other reports lie. */
export function fileSection(files: readonly (readonly [string, string])[], page: Page): string[] {
  if (files.length === 0) return [];
  return [title("Files", page), ...files.flatMap(([label, path]) => labelled(label, [path], page))];
}

function some(value: number, what: string): string[] {
  return value === 0 ? [] : [`${count(value)} ${what}`];
}

function share(part: number, whole: number): string {
  return whole === 0 ? "–" : percent((part * 1_000_000) / whole);
}
