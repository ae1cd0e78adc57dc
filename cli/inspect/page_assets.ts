/** Style and script of the page that `z6c inspect --html` writes. */

/** The colours of the HTML report. */
export const STYLE = `
:root{color-scheme:light dark;--ground:light-dark(#fbfbfa,#14171b);--panel:light-dark(#fff,#1b1f24);--ink:light-dark(#1d2228,#e6e8eb);
--quiet:light-dark(#59626d,#a3acb7);--line:light-dark(#e3e5e8,#30363d);--soft:light-dark(#f1f2f4,#242a31);--accent:light-dark(#0b5fad,#6cb6ff);
--bad:light-dark(#a83200,#ff9b6e);--on:light-dark(#dfecf9,#1c3348);
font:15px/1.5 system-ui,-apple-system,"Segoe UI","Noto Sans","DejaVu Sans",sans-serif;font-variant-numeric:tabular-nums lining-nums}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink)}h1,h2,p{margin:0}
.top{display:flex;gap:1rem;padding:.6rem clamp(1rem,3vw,2.5rem);background:var(--panel);border-bottom:1px solid var(--line)}
.mark{font-weight:700;letter-spacing:.04em}.mark+p,.about,output{color:var(--quiet)}
main{display:grid;grid-template-columns:minmax(0,1fr);gap:.8rem;padding:1.2rem clamp(1rem,3vw,2.5rem)}
h1{font-size:1.5rem;line-height:1.25;font-weight:600;letter-spacing:-.01em;overflow-wrap:anywhere}
h2{font-size:1.1rem;font-weight:600;margin-bottom:.4rem}
code,kbd,pre{font:.8rem/1.45 ui-monospace,SFMono-Regular,"DejaVu Sans Mono",Menlo,Consolas,monospace}code{overflow-wrap:anywhere}
kbd{border:1px solid var(--line);border-radius:4px;padding:0 .3em;background:var(--panel)}
.find{display:flex;flex-wrap:wrap;gap:.3rem .8rem;align-items:center}
input{font:inherit;color:inherit;background:var(--panel);padding:.3rem .6rem;flex:0 1 24rem;min-width:0;border:1px solid var(--quiet);border-radius:6px}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:3px}
.views,.one{display:grid;grid-template-columns:minmax(0,1fr);gap:1.2rem;align-content:start}
.list,pre{margin:0;overflow:auto;border:1px solid var(--line);border-radius:8px;background:var(--panel)}
.list{max-height:26rem}pre{padding:.8rem 1rem;max-height:34rem}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:left;padding:.25rem .45rem;white-space:nowrap;border-bottom:1px solid var(--line);font-weight:400;vertical-align:top}
tbody tr:last-child>*{border-bottom:0}tbody tr:hover{background:var(--soft)}tr[aria-current]>*{background:var(--on)}
thead th{position:sticky;top:0;background:var(--soft);color:var(--quiet);font-size:.85rem}
.n{text-align:right}.bad{color:var(--bad)}td.note{max-width:36rem;overflow:hidden;text-overflow:ellipsis}
tbody button{font:inherit;font-variant-numeric:inherit;background:none;border:0;padding:0;color:var(--accent);cursor:pointer}
tbody button:hover{text-decoration:underline}[hidden]{display:none}
@media(min-width:1300px){.views{grid-template-columns:minmax(0,1fr) minmax(0,1fr);align-items:start}.list{max-height:44rem}}
@media print{.find,.views+.about{display:none}.list,pre{max-height:none;overflow:visible}}`;

/** One statement a line. Rows carry \`data-session\` and \`data-tick\`; \`#data\` has the lines for them. */
export const SCRIPT = `
const data=JSON.parse(document.getElementById("data").textContent),rows=[...document.querySelectorAll("tbody tr")];
const at=(id)=>document.getElementById(id);
function tell(id,lines){
  at(id).replaceChildren(...lines.map((line)=>{
    const one=document.createElement("span");
    if(line.includes("✗"))one.className="bad";
    one.textContent=line+"\\n";
    return one;
  }));
  at(id).scrollTop=0;
}
function show(row){
  for(const one of rows){one.removeAttribute("aria-current");one.querySelector("button").tabIndex=-1}
  row.setAttribute("aria-current","true");
  row.querySelector("button").tabIndex=0;
  const {session,tick,once}=row.dataset;
  tell("session",data.sessions[session]??["This session is not in the page: z6c inspect LEDGER --session "+session]);
  tell("state",once!==undefined?["Setup and teardown have a time of their own: no session of the load is under way."]
    :data.states[tick]??["This moment is not in the page: z6c inspect LEDGER --at "+tick+"us"]);
  const list=document.querySelector(".list"),top=row.offsetTop-list.querySelector("thead").offsetHeight;
  if(top<list.scrollTop)list.scrollTop=top;
  const low=row.offsetTop+row.offsetHeight-list.clientHeight;
  if(low>list.scrollTop)list.scrollTop=low;
}
for(const row of rows)row.addEventListener("click",()=>show(row));
at("search").addEventListener("input",({target})=>{
  const wanted=target.value.toLowerCase();let shown=0;
  for(const row of rows){row.hidden=!row.textContent.toLowerCase().includes(wanted);if(!row.hidden)shown++}
  at("shown").textContent=shown.toLocaleString("en")+" shown";
  const open=rows.filter((row)=>!row.hidden);
  if(open.length>0&&!open.some((row)=>row.hasAttribute("aria-current")))show(open[0]);
});
document.querySelector(".list").addEventListener("keydown",(event)=>{
  const open=rows.filter((row)=>!row.hidden),now=open.findIndex((row)=>row.hasAttribute("aria-current"));
  const to={ArrowDown:now+1,ArrowUp:now-1,Home:0,End:open.length-1}[event.key];
  if(to===undefined)return;
  event.preventDefault();
  const next=open[to];
  if(next){show(next);next.querySelector("button").focus({preventScroll:true})}
});
if(rows.length>0)show(rows[0]);else{tell("session",["Nothing is selected."]);tell("state",["Nothing is selected."])}`;
