/** What stands in a SQLite export: one table of records that nothing is changed in, and views over it. */
import { ERRORS } from "../../runtime/ledger/errors.ts";
import { END, GRPC_STATUS, KIND, NONE, SESSION } from "../../runtime/ledger/record.ts";

/** Kinds of rows that are no records of a ledger. `text`: the ledger's header, the run's report; both are JSON. */
export const ROW = { header: 0, report: -1 } as const;

/** So that another version does not append to what it does not know: `PRAGMA user_version`. */
export const SCHEMA_VERSION = 1;

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
const phase = (session: string) =>
  `CASE ${session} WHEN ${SESSION.setup} THEN 'setup' WHEN ${SESSION.teardown} THEN 'teardown' ELSE 'load' END`;
const loadSession = (session: string) => `CASE WHEN ${session} < ${SESSION.teardown} THEN ${session} END`;

const TABLE = `
CREATE TABLE records (
  id INTEGER PRIMARY KEY,   -- in the order in which they were appended
  run INTEGER NOT NULL,     -- 1 for the first run in this file, 2 for the next
  shard INTEGER,
  tick INTEGER,             -- microseconds
  kind INTEGER NOT NULL,    -- as in docs/ledger.md; view kinds has their names
  session INTEGER,
  vu INTEGER,
  step INTEGER,             -- of kinds sessionStarted and sessionEnded: the flow
  stage INTEGER,            -- in which the session arrived
  a INTEGER, b INTEGER, c INTEGER,
  text TEXT,
  begun INTEGER,            -- where a request or a session ends: the id of the record with which it began
  opened INTEGER            -- where a request ends: the id of the connection that it opened
);
CREATE INDEX headers ON records (run, shard) WHERE kind <= 0;
CREATE INDEX troubles ON records (id) WHERE kind IN (${KIND.checkFailed}, ${KIND.requestFailed});
CREATE INDEX session_ends ON records (begun) WHERE kind = ${KIND.sessionEnded};
CREATE TRIGGER append_only_update BEFORE UPDATE ON records BEGIN SELECT RAISE(ABORT, 'records are append-only'); END;
CREATE TRIGGER append_only_replace BEFORE INSERT ON records WHEN EXISTS (SELECT 1 FROM records WHERE id = NEW.id)
  BEGIN SELECT RAISE(ABORT, 'records are append-only'); END;
CREATE TRIGGER append_only_delete BEFORE DELETE ON records BEGIN SELECT RAISE(ABORT, 'records are append-only'); END;
`;

const NAMES = `
CREATE VIEW kinds (kind, name) AS VALUES ${
  Object.entries(KIND).map(([name, kind]) => `(${kind}, ${quoted(name)})`).join(", ")
};
CREATE VIEW error_codes (code, name, phase, cause, action) AS VALUES
${
  ERRORS.map(({ code, name, phase, cause, action }) =>
    `(${code}, ${[name, phase, cause, action].map(quoted).join(", ")})`
  ).join(",\n")
};
`;

const RUNS = `
CREATE VIEW ledgers AS SELECT run, shard,
  json_extract(text, '$.started') AS started,
  json_extract(text, '$.plan_sha256') AS plan_sha256,
  json_extract(text, '$.seed') AS seed,
  json_extract(text, '$.z6c') AS z6c,
  text AS header
FROM records WHERE kind = ${ROW.header};

CREATE VIEW runs AS SELECT run,
  json_extract(text, '$.run.name') AS name,
  json_extract(text, '$.run.started') AS started,
  json_extract(text, '$.run.planSha256') AS plan_sha256,
  json_extract(text, '$.run.seed') AS seed,
  json_extract(text, '$.run.simulated') AS simulated,
  json_extract(text, '$.run.target') AS target,
  json_extract(text, '$.verdict.verdict') AS verdict,
  json_extract(text, '$.verdict.exitCode') AS exit_code,
  json_extract(text, '$.integrity.state') AS ledger_state,
  json_extract(text, '$.time.measuredTicks') AS measured_ticks,
  json_extract(text, '$.sessions.started') AS sessions_started,
  json_extract(text, '$.sessions.dropped') AS sessions_dropped,
  json_extract(text, '$.requests.issued') AS requests_issued,
  json_extract(text, '$.requests.errors') AS requests_errors,
  json_extract(text, '$.requests.perSecond') AS requests_per_second,
  json_extract(text, '$.responseTime.p50') AS p50_ticks,
  json_extract(text, '$.responseTime.p99') AS p99_ticks,
  json_extract(text, '$.responseTime.max') AS max_ticks,
  text AS report
FROM records WHERE kind = ${ROW.report};
`;

const PLAN = `
CREATE VIEW flows AS SELECT run, f.key AS position, json_extract(f.value, '$.name') AS name
FROM (SELECT run, min(shard), header FROM ledgers GROUP BY run) AS l, json_each(l.header, '$.plan.flows') AS f;

CREATE VIEW steps AS SELECT l.run, s.key AS position,
  json_extract(l.header, '$.plan.flows[' || json_extract(s.value, '$.flow') || '].name') AS flow,
  json_extract(s.value, '$.name') AS step,
  json_extract(s.value, '$.kind') AS kind
FROM (SELECT run, min(shard), header FROM ledgers GROUP BY run) AS l, json_each(l.header, '$.plan.steps') AS s;

CREATE VIEW stages AS SELECT l.run, s.key AS position,
  json_extract(s.value, '$.name') AS name,
  json_extract(s.value, '$.warmup') AS warmup,
  json_extract(s.value, '$.startTick') AS start_tick,
  json_extract(s.value, '$.lengthTicks') AS length_ticks
FROM (SELECT run, min(shard), header FROM ledgers GROUP BY run) AS l, json_each(l.header, '$.plan.load.stages') AS s;
`;

const SESSIONS = `
CREATE VIEW sessions AS SELECT b.run, b.shard,
  ${phase("b.session")} AS phase,
  ${loadSession("b.session")} AS session,
  b.vu, f.name AS flow, t.name AS stage, coalesce(t.warmup, 0) AS warmup,
  b.tick AS start_tick, e.tick AS end_tick, e.tick - b.tick AS session_ticks,
  CASE e.a WHEN ${END.completed} THEN 'completed' WHEN ${END.stepFailed} THEN 'step failed'
    WHEN ${END.runStopped} THEN 'run stopped' END AS end
FROM records AS b
LEFT JOIN records AS e ON e.begun = b.id AND e.kind = ${KIND.sessionEnded}
LEFT JOIN flows AS f ON f.run = b.run AND f.position = b.step
LEFT JOIN stages AS t ON t.run = b.run AND t.position = b.stage
WHERE b.kind = ${KIND.sessionStarted};
`;

const REQUESTS = `
CREATE VIEW requests AS SELECT e.run, e.shard,
  ${phase("e.session")} AS phase,
  ${loadSession("e.session")} AS session,
  e.vu, s.flow, s.step, s.kind, t.name AS stage, coalesce(t.warmup, 0) AS warmup,
  b.tick - b.a - b.b AS due_tick, b.tick AS issued_tick, e.tick AS end_tick,
  CASE WHEN e.kind = ${KIND.responseEnded} THEN iif(e.c >> 24 > 0, 'unexpected', 'good')
    ELSE iif(x.phase = 'stop', 'cancelled', 'failed') END AS outcome,
  iif(e.kind = ${KIND.responseEnded}, e.c & 65535, NULL) AS status,
  iif(e.kind = ${KIND.responseEnded}, NULL, x.name) AS error,
  iif(e.kind = ${KIND.responseEnded} OR x.name LIKE '%.timeout', e.tick - b.tick + b.a + b.b, NULL) AS response_ticks,
  iif(e.kind = ${KIND.responseEnded} OR x.name LIKE '%.timeout', e.tick - b.tick, NULL) AS service_ticks,
  iif(e.kind = ${KIND.responseEnded}, e.a, nullif(e.c, ${NONE})) AS first_byte_ticks,
  b.a AS lag_ticks, b.b AS blocked_ticks,
  o.a AS dns_ticks, o.b AS connect_ticks, o.c AS tls_ticks,
  b.c AS sent_bytes, e.b AS received_bytes,
  iif(e.kind = ${KIND.responseEnded}, (e.c >> 16) & 255, 0) AS checks_passed,
  iif(e.kind = ${KIND.responseEnded}, e.c >> 24, 0) AS checks_failed,
  e.text
FROM records AS e
JOIN records AS b ON b.id = e.begun
LEFT JOIN records AS o ON o.id = e.opened
LEFT JOIN steps AS s ON s.run = e.run AND s.position = e.step
LEFT JOIN stages AS t ON t.run = e.run AND t.position = e.stage
LEFT JOIN error_codes AS x ON e.kind = ${KIND.requestFailed} AND x.code = e.a
WHERE e.kind IN (${KIND.responseEnded}, ${KIND.requestFailed});
`;

const ERROR_ROWS = `
CREATE VIEW errors AS SELECT e.run, e.shard,
  ${phase("e.session")} AS phase,
  ${loadSession("e.session")} AS session,
  s.flow, s.step, t.name AS stage, coalesce(t.warmup, 0) AS warmup, e.tick,
  iif(e.kind = ${KIND.requestFailed}, x.name, 'check') AS error,
  iif(e.kind = ${KIND.requestFailed}, e.a, NULL) AS code,
  iif(e.kind = ${KIND.checkFailed}, e.a, NULL) AS "check",
  iif(e.kind = ${KIND.checkFailed}, e.b, NULL) AS status,
  e.text
FROM records AS e
LEFT JOIN steps AS s ON s.run = e.run AND s.position = e.step
LEFT JOIN stages AS t ON t.run = e.run AND t.position = e.stage
LEFT JOIN error_codes AS x ON e.kind = ${KIND.requestFailed} AND x.code = e.a
WHERE e.kind IN (${KIND.checkFailed}, ${KIND.requestFailed}) AND coalesce(x.phase, '') <> 'stop';

CREATE VIEW statuses AS SELECT run, status,
  iif(status >= ${GRPC_STATUS}, 'gRPC ' || (status - ${GRPC_STATUS}), 'HTTP ' || status) AS name, count(*) AS count
FROM requests WHERE status > 0 AND phase = 'load' AND NOT warmup AND kind = 'request' GROUP BY run, status;
`;

/** Makes an empty file into a place for runs. */
export const SCHEMA =
  `${TABLE}${NAMES}${RUNS}${PLAN}${SESSIONS}${REQUESTS}${ERROR_ROWS}PRAGMA user_version = ${SCHEMA_VERSION};`;
