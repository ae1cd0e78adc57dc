/**
 * A run's sessions as traces of OpenTelemetry: a trace a session, with a span for the session and one for each of its
 * requests, from issued to its end. The ids follow from the ledger.
 */
import { createHash } from "node:crypto";
import { requestError } from "../../runtime/ledger/errors.ts";
import type { LedgerHeader } from "../../runtime/ledger/header.ts";
import { WORD } from "../../runtime/ledger/layout.ts";
import type { RecordBlock } from "../../runtime/ledger/reader.ts";
import { END, KIND } from "../../runtime/ledger/record.ts";
import type { ReducibleLedger } from "../../runtime/reduce/first_pass.ts";
import { tickAt } from "../../runtime/reduce/tick_at.ts";
import { EntryFold } from "../inspect/entries.ts";
import type { Entry } from "../inspect/entry.ts";
import { endAttributes, type StepConvention, stepConventions } from "./otlp_conventions.ts";
import { attributes, nanoClock, resourceOf, SCOPE } from "./otlp_value.ts";
import { phaseOf } from "./phase.ts";

/** Spans in a line, and so in a request. */
const SPANS = 500;
const INTERNAL = 1;
const CLIENT = 3;
const ERROR = 2;

/** Prints lines: each an ExportTraceServiceRequest in JSON. Sessions that have no end in the ledger have no span of their own. */
export function writeOtlpTraces(ledgers: readonly ReducibleLedger[], print: (text: string) => void): void {
  for (const { header, scan } of ledgers) {
    let spans: object[] = [];
    const flush = () => {
      if (spans.length === 0) return;
      const scopeSpans = [{ scope: SCOPE, spans }];
      print(JSON.stringify({ resourceSpans: [{ resource: resourceOf(header), scopeSpans }] }) + "\n");
      spans = [];
    };
    const ledger = new TracedLedger(header, (span) => {
      spans.push(span);
      if (spans.length === SPANS) flush();
    });
    scan((block) => ledger.visit(block));
    ledger.end();
    flush();
  }
}

class TracedLedger {
  readonly #clock: (tick: number) => string;
  readonly #entries: EntryFold;
  /** By VU: when its session began. */
  readonly #startTick: number[] = [];
  /** By VU: its last session and the id of its trace. */
  readonly #traces: { session: number; id: string }[] = [];
  readonly #shard: string;
  readonly #conventions: readonly StepConvention[];
  #spans = 0;

  constructor(private readonly header: LedgerHeader, private readonly tell: (span: object) => void) {
    this.#clock = nanoClock(header);
    this.#shard = hex(header.shard.index, 4);
    this.#conventions = stepConventions(header.plan);
    this.#entries = new EntryFold(header.plan, "requests", (entry) => this.#request(entry));
  }

  visit(block: RecordBlock): void {
    this.#entries.visit(block);
    const { words, records } = block;
    for (let index = 0, at = 0; index < records; index++, at += WORD.words) {
      const kind = words[at + WORD.kindAndStep] & 0xffff;
      if (kind === KIND.sessionStarted) this.#startTick[words[at + WORD.vu]] = tickAt(words, at);
      else if (kind === KIND.sessionEnded) this.#session(words, at);
    }
  }

  end(): void {
    this.#entries.end();
  }

  #session(words: Uint32Array, at: number): void {
    const session = words[at + WORD.session];
    const vu = words[at + WORD.vu];
    const flow = this.header.plan.flows[words[at + WORD.kindAndStep] >>> 16].name;
    this.tell({
      traceId: this.#traceOf(vu, session),
      spanId: this.#sessionSpan,
      name: flow,
      kind: INTERNAL,
      startTimeUnixNano: this.#clock(this.#startTick[vu]),
      endTimeUnixNano: this.#clock(tickAt(words, at)),
      attributes: attributes({ "z6c.phase": phaseOf(session), "z6c.session": session, "z6c.vu": vu }),
      ...(words[at + WORD.a] === END.stepFailed ? { status: { code: ERROR, message: "a step failed" } } : {}),
    });
  }

  #request(it: Entry): void {
    const { plan } = this.header;
    const error = it.error < 0 ? null : requestError(it.error);
    const isBad = it.outcome === "failed" || it.outcome === "unexpected";
    const [note] = it.notes.filter(({ kind, text }) => kind !== KIND.valueCaptured && text !== "");
    const convention = this.#conventions[it.step];
    this.tell({
      traceId: this.#traceOf(it.vu, it.session),
      spanId: `${this.#shard}${hex(++this.#spans, 12)}`,
      parentSpanId: this.#sessionSpan,
      name: convention.spanName,
      kind: CLIENT,
      startTimeUnixNano: this.#clock(it.issuedTick),
      endTimeUnixNano: this.#clock(it.outcome === "sent" ? it.issuedTick : it.tick),
      attributes: attributes({
        ...convention.attributes,
        ...convention.ofSpans,
        ...endAttributes(it),
        "z6c.stage": plan.load.stages[it.stage]?.name ?? null,
        "z6c.outcome": it.outcome,
        "z6c.lag_us": it.lagTicks,
        "z6c.blocked_us": it.blockedTicks > 0 ? it.blockedTicks : null,
        "z6c.connection": it.connection,
      }),
      ...(isBad ? { status: { code: ERROR, message: note?.text ?? error?.cause ?? "a check failed" } } : {}),
    });
  }

  /** One a trace, so that it need not be kept. */
  get #sessionSpan(): string {
    return `${this.#shard}${hex(0, 12)}`;
  }

  #traceOf(vu: number, session: number): string {
    const known = this.#traces[vu];
    if (known?.session === session) return known.id;
    const { plan_sha256, seed, started, shard } = this.header;
    const key = [plan_sha256, seed, started, shard.index, session].join(" ");
    const id = createHash("sha256").update(key).digest("hex").slice(0, 32);
    this.#traces[vu] = { session, id };
    return id;
  }
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
