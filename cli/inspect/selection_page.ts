/** A selection of requests as one page of HTML that needs nothing else; the same ledger gives the same bytes. */
import type { LedgerHeader } from "../../runtime/ledger/header.ts";
import { count, duration } from "../../runtime/report/format.ts";
import {
  type Column,
  joined,
  type Markup,
  markup,
  NOTHING,
  number,
  POLICY,
  raw,
  text,
} from "../../runtime/report/html/markup.ts";
import type { EntryMode } from "./entries.ts";
import type { Entry } from "./entry.ts";
import { outcomeWord, placeWord, recordNote, requestNote } from "./listing.ts";
import { SCRIPT, STYLE } from "./page_assets.ts";
import { sessionWord, tickWord } from "./plan_words.ts";
import { kindName } from "../../runtime/ledger/decode.ts";
import { isOnce } from "../../runtime/reduce/course.ts";

/** What the page shows. */
export type Selection = Readonly<{
  header: LedgerHeader;
  /** Empty: everything. */
  filter: string;
  mode: EntryMode;
  /** Those that are shown, and how many there are. */
  entries: readonly Entry[];
  total: number;
  /** By session, the lines of its diagram. */
  sequences: ReadonlyMap<number, readonly string[]>;
  /** By tick, what every VU was doing, in lines. */
  states: ReadonlyMap<number, readonly string[]>;
}>;

/** The whole page. */
export function selectionPage(selection: Selection): string {
  const { header, filter, entries, total, mode, sequences, states } = selection;
  const what = mode === "requests" ? "requests" : "records";
  const title = `${header.plan.name}: ${filter === "" ? `all ${what}` : filter}`;
  const shown = entries.length < total ? `the first ${count(entries.length)} of ` : "";
  const data = {
    sessions: Object.fromEntries([...sequences].map(([session, lines]) => [sessionWord(session), lines])),
    states: Object.fromEntries(states),
  };
  return markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="z6c ${header.z6c}">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${raw(STYLE)}</style>
</head>
<body>
<header class="top"><p class="mark">z6c</p><p>inspect</p></header>
<main>
<h1>${title}</h1>
<p class="about">${shown}${
    count(total)
  } ${what} · started ${header.started} · plan <code>${header.plan_sha256}</code></p>
<div class="find"><label for="search">Search in these</label> <input id="search" type="search" autocomplete="off">
<output id="shown">${count(entries.length)} shown</output></div>
<div class="views">
<section class="list" tabindex="0" aria-label="${what}">
<table>
<thead><tr>${heads(mode)}</tr></thead>
<tbody>
${joined(entries.map((entry) => row(selection, entry)))}</tbody>
</table>
</section>
<div class="one">
<section aria-labelledby="of-session"><h2 id="of-session">Its session</h2>
<pre id="session" tabindex="0" role="group" aria-labelledby="of-session"></pre></section>
<section aria-labelledby="of-state"><h2 id="of-state">Every VU at that tick</h2>
<pre id="state" tabindex="0" role="group" aria-labelledby="of-state"></pre></section>
</div>
</div>
<p class="about">Click a tick, or go through the list with <kbd>↑</kbd> <kbd>↓</kbd> <kbd>Home</kbd> <kbd>End</kbd>: that is
through time, request by request. Search goes by every word of a row.</p>
</main>
<script type="application/json" id="data">${raw(JSON.stringify(data).replaceAll("<", "\\u003c"))}</script>
<script>${raw(SCRIPT)}</script>
</body>
</html>
`.html;
}

const PLACE = [number("tick"), number("session"), number("VU"), text("flow/step")];
const COLUMNS: Readonly<Record<EntryMode, readonly Column[]>> = {
  requests: [
    ...PLACE,
    text("outcome"),
    ...["response", "service", "first byte", "lag"].map(number),
    text("found"),
  ],
  records: [...PLACE, text("kind"), text("says")],
};

function heads(mode: EntryMode): Markup[] {
  return COLUMNS[mode].map(({ title, align }) =>
    markup`<th scope="col"${align === "right" ? raw(' class="n"') : NOTHING}>${title}</th>`
  );
}

function row({ header: { plan }, mode }: Selection, entry: Entry): Markup {
  const { session, tick, vu, outcome } = entry;
  const isBad = outcome === "failed" || outcome === "unexpected";
  const times = [entry.responseTicks, entry.serviceTicks, entry.firstByteTicks, entry.lagTicks]
    .map((ticks) => markup`<td class="n">${ticks < 0 ? "" : duration(ticks)}</td>`);
  const cells = mode === "requests"
    ? [
      markup`<td${isBad ? raw(' class="bad"') : NOTHING}>${outcomeWord(entry)}</td>`,
      ...times,
      markup`<td class="note">${requestNote(plan, entry)}</td>`,
    ]
    : [markup`<td>${kindName(entry.kind)}</td>`, markup`<td class="note">${recordNote(plan, entry)}</td>`];
  const name = sessionWord(session);
  return markup`<tr data-session="${name}" data-tick="${tick}"${
    isOnce(session) ? raw(" data-once") : NOTHING
  }><th scope="row" class="n"><button type="button" tabindex="-1">${
    tickWord(tick)
  }</button></th><td class="n">${name}</td><td class="n">${vu < 0 ? "" : vu}</td><td>${
    placeWord(plan, entry)
  }</td>${cells}</tr>
`;
}
