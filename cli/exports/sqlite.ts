/** A run's records, appended to a SQLite file: all of them or none. */
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { WORD } from "../../runtime/ledger/layout.ts";
import type { RecordBlock } from "../../runtime/ledger/reader.ts";
import { CONTINUATION, KIND, NO_STEP, NONE } from "../../runtime/ledger/record.ts";
import { recordText } from "../../runtime/ledger/text.ts";
import { EXIT } from "../../runtime/reduce/exit_codes.ts";
import type { ReducibleLedger } from "../../runtime/reduce/first_pass.ts";
import type { Summary } from "../../runtime/reduce/summary.ts";
import { tickAt } from "../../runtime/reduce/tick_at.ts";
import { UserError } from "../../runtime/user_error.ts";
import { ROW, SCHEMA, SCHEMA_VERSION } from "./sqlite_views.ts";

const INSERT = `INSERT INTO records
  (run, shard, tick, kind, session, vu, step, stage, a, b, c, text, begun, opened)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/**
 * Appends the ledgers of one run, whose report is `summary`, to the file at `path`, which is made where there is none.
 * Returns the run's number in it. Throws `UserError` where the run is in it already, or it is another kind of file.
 */
export function appendRun(path: string, ledgers: readonly ReducibleLedger[], summary: Summary): number {
  try {
    using database = new DatabaseSync(path);
    database.exec("BEGIN IMMEDIATE");
    prepare(database, path);
    const run = nextRun(database, path, ledgers);
    const insert = database.prepare(INSERT);
    for (const { header, scan } of ledgers) {
      const { changes: _, lastInsertRowid } = insertText(insert, run, header.shard.index, ROW.header, header);
      const appender = new RecordAppender(insert, run, header.shard.index, Number(lastInsertRowid));
      scan((block) => appender.visit(block));
    }
    insertText(insert, run, null, ROW.report, summary);
    database.exec("COMMIT");
    return run;
  } catch (cause) {
    throw sqliteError(path, cause);
  }
}

/** An empty file gets its table and views; any other must have them. */
function prepare(database: DatabaseSync, path: string): void {
  const version = Number(database.prepare("PRAGMA user_version").get()?.user_version);
  const tables = Number(database.prepare("SELECT count(*) AS count FROM sqlite_schema").get()?.count);
  if (version === SCHEMA_VERSION && tables > 0) return;
  if (tables > 0 || version !== 0) {
    throw new UserError(
      `cannot append to ${path}: it is a database, but none that this z6c has exported; name another file with -o`,
      EXIT.badInput,
    );
  }
  database.exec(SCHEMA);
}

function nextRun(database: DatabaseSync, path: string, ledgers: readonly ReducibleLedger[]): number {
  const known = database.prepare(
    `SELECT run FROM records WHERE kind = ${ROW.header} AND kind <= 0 AND text = ?`,
  );
  for (const { header } of ledgers) {
    const found = known.get(JSON.stringify(header));
    if (found === undefined) continue;
    throw new UserError(
      `cannot append to ${path}: this run is in it already, as run ${found.run}; name another file with -o`,
      EXIT.badInput,
    );
  }
  const last = database.prepare("SELECT max(run) AS run FROM records WHERE kind <= 0").get()?.run;
  return Number(last ?? 0) + 1;
}

function insertText(insert: StatementSync, run: number, shard: number | null, kind: number, value: unknown) {
  const none = null;
  return insert.run(
    run,
    shard,
    none,
    kind,
    none,
    none,
    none,
    none,
    none,
    none,
    none,
    JSON.stringify(value),
    none,
    none,
  );
}

/** The records of one ledger. */
class RecordAppender {
  /** By VU; null: none. */
  readonly #stage: (number | null)[] = [];
  readonly #started: (number | null)[] = [];
  readonly #issued: (number | null)[] = [];
  readonly #opened: (number | null)[] = [];

  constructor(
    private readonly insert: StatementSync,
    private readonly run: number,
    private readonly shard: number,
    private lastId: number,
  ) {}

  visit({ words, records }: RecordBlock): void {
    for (let index = 0, at = 0; index < records; index++, at += WORD.words) {
      const kind = words[at + WORD.kindAndStep] & 0xffff;
      if ((kind & CONTINUATION) !== 0) continue;
      const vu = words[at + WORD.vu];
      const step = words[at + WORD.kindAndStep] >>> 16;
      const id = this.lastId + 1;
      this.#begin(kind, vu, id, words[at + WORD.a]);
      const ends = kind === KIND.responseEnded || kind === KIND.requestFailed;
      const begun = ends ? this.#issued[vu] : kind === KIND.sessionEnded ? this.#started[vu] : null;
      const next = (index + 1) * WORD.words + WORD.kindAndStep;
      const hasText = index + 1 < records && (words[next] & CONTINUATION) !== 0;
      this.insert.run(
        this.run,
        this.shard,
        tickAt(words, at),
        kind,
        words[at + WORD.session] === NONE ? null : words[at + WORD.session],
        vu === NONE ? null : vu,
        step === NO_STEP ? null : step,
        vu === NONE ? null : this.#stage[vu] ?? null,
        words[at + WORD.a],
        words[at + WORD.b],
        words[at + WORD.c],
        hasText ? recordText(words, records, index) : null,
        begun ?? null,
        ends ? this.#opened[vu] ?? null : null,
      );
      this.lastId = id;
    }
  }

  #begin(kind: number, vu: number, id: number, a: number): void {
    switch (kind) {
      case KIND.sessionStarted:
        this.#stage[vu] = a === NONE ? null : a;
        this.#started[vu] = id;
        this.#issued[vu] = this.#opened[vu] = null;
        break;
      case KIND.requestIssued:
        this.#issued[vu] = id;
        this.#opened[vu] = null;
        break;
      case KIND.connectionOpened:
        this.#opened[vu] = id;
        break;
      default:
    }
  }
}

function sqliteError(path: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || !("code" in cause) || cause.code !== "ERR_SQLITE_ERROR") return cause;
  return new UserError(`cannot write to ${path}: ${cause.message}`, EXIT.error);
}
