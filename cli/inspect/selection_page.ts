/** A selection of requests as one page of HTML that needs nothing else; the same ledger gives the same bytes. */
import type { LedgerHeader } from "../../runtime/ledger/header.ts";
import { count, duration } from "../../runtime/report/format.ts";
import { joined, type Markup, markup, POLICY, raw } from "../../runtime/report/html/markup.ts";
import type { EntryMode } from "./entries.ts";
import type { Entry } from "./entry.ts";
import { outcomeWord, recordNote, requestNote } from "./listing.ts";
import { sessionWord, stepWord, tickWord } from "./plan_words.ts";
import { kindName } from "../../runtime/ledger/decode.ts";

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

const STYLE = `
:root{color-scheme:light dark;--line:light-dark(#d5d8dd,#3a3f47);--faint:light-dark(#595f69,#a3a9b3);--on:light-dark(#e3edfb,#1f3350)}
body{margin:0;font:15px/1.45 system-ui,sans-serif;background:light-dark(#fff,#14171b);color:light-dark(#14171b,#e8eaed)}
main{padding:1rem 1.5rem}h1{font-size:1.25rem;margin:0}p{margin:.3rem 0;color:var(--faint)}
label{display:block;margin:.8rem 0}input{font:inherit;padding:.3rem .5rem;width:min(30rem,90%);border:1px solid var(--faint);border-radius:4px}
.list{max-height:50vh;overflow:auto;border:1px solid var(--line)}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.2rem .6rem;white-space:nowrap;border-bottom:1px solid var(--line);font-weight:400}
thead th{position:sticky;top:0;background:light-dark(#f3f4f6,#20242a);font-weight:600}
.n{text-align:right}tr[aria-current]{background:var(--on)}td.note{white-space:normal;min-width:14rem}
tbody button{font:inherit;font-variant-numeric:tabular-nums;background:none;border:0;padding:0;color:light-dark(#0b57c2,#8ab4f8);text-decoration:underline;cursor:pointer}
pre{overflow:auto;border:1px solid var(--line);padding:.8rem;font:13px/1.35 ui-monospace,monospace}
h2{font-size:1rem;margin:1rem 0 .3rem}[hidden]{display:none}`;

const SCRIPT = `
const data=JSON.parse(document.getElementById("data").textContent),rows=[...document.querySelectorAll("tbody tr")];
const at=(id)=>document.getElementById(id);
function show(row){
  for(const one of rows)one.removeAttribute("aria-current");
  row.setAttribute("aria-current","true");
  const session=data.sessions[row.dataset.session],state=data.states[row.dataset.tick];
  at("session").textContent=session?session.join("\\n"):"This session is not in the page: z6c inspect LEDGER --session "+row.dataset.session;
  at("state").textContent=state?state.join("\\n"):"This moment is not in the page: z6c inspect LEDGER --at "+row.dataset.tick+"us";
  row.scrollIntoView({block:"nearest"});
}
for(const row of rows)row.querySelector("button").addEventListener("click",()=>show(row));
at("search").addEventListener("input",({target})=>{
  const wanted=target.value.toLowerCase();let shown=0;
  for(const row of rows){row.hidden=!row.textContent.toLowerCase().includes(wanted);if(!row.hidden)shown++}
  at("shown").textContent=shown+" shown";
});
document.querySelector(".list").addEventListener("keydown",(event)=>{
  const move=event.key==="ArrowDown"?1:event.key==="ArrowUp"?-1:0;
  if(move===0)return;
  event.preventDefault();
  const open=rows.filter((row)=>!row.hidden),next=open[open.findIndex((row)=>row.hasAttribute("aria-current"))+move];
  if(next){show(next);next.querySelector("button").focus()}
});
if(rows.length>0)show(rows[0]);`;

/** The whole page. */
export function selectionPage(selection: Selection): string {
  const { header, filter, entries, total, mode, sequences, states } = selection;
  const what = mode === "requests" ? "requests" : "records";
  const title = `${header.plan.name}: ${filter === "" ? `all ${what}` : filter}`;
  const shown = entries.length < total ? `the first ${count(entries.length)} of ` : "";
  const data = { sessions: Object.fromEntries(sequences), states: Object.fromEntries(states) };
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
<main>
<h1>${title}</h1>
<p>${shown}${count(total)} ${what} · started ${header.started} · plan ${header.plan_sha256}</p>
<label>Search in these <input id="search" type="search"></label>
<p id="shown" role="status">${count(entries.length)} shown</p>
<div class="list" tabindex="0" role="region" aria-label="${what}">
<table>
<thead><tr>${heads(mode).map((head) => markup`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>
${joined(entries.map((entry) => row(selection, entry)))}</tbody>
</table>
</div>
<h2 id="of-session">Its session</h2>
<pre id="session" tabindex="0" aria-labelledby="of-session" role="region"></pre>
<h2 id="of-state">Every VU at that tick</h2>
<pre id="state" tabindex="0" aria-labelledby="of-state" role="region"></pre>
</main>
<script type="application/json" id="data">${raw(JSON.stringify(data).replaceAll("<", "\\u003c"))}</script>
<script>${raw(SCRIPT)}</script>
</body>
</html>
`.html;
}

function heads(mode: EntryMode): string[] {
  return mode === "requests"
    ? ["tick", "session", "VU", "flow/step", "outcome", "response", "service", "first byte", "lag", ""]
    : ["tick", "session", "VU", "flow/step", "kind", ""];
}

function row({ header: { plan }, mode }: Selection, entry: Entry): Markup {
  const times = [entry.responseTicks, entry.serviceTicks, entry.firstByteTicks, entry.lagTicks]
    .map((ticks) => markup`<td class="n">${ticks < 0 ? "" : duration(ticks)}</td>`);
  const cells = mode === "requests"
    ? [
      markup`<td>${outcomeWord(entry)}</td>`,
      ...times,
      markup`<td class="note">${requestNote(plan, entry)}</td>`,
    ]
    : [markup`<td>${kindName(entry.kind)}</td>`, markup`<td class="note">${recordNote(plan, entry)}</td>`];
  return markup`<tr data-session="${
    sessionWord(entry.session)
  }" data-tick="${entry.tick}"><th scope="row"><button>${tickWord(entry.tick)}</button></th><td class="n">${
    sessionWord(entry.session)
  }</td><td class="n">${entry.vu < 0 ? "" : entry.vu}</td><td>${stepWord(plan, entry.step)}</td>${cells}</tr>
`;
}
