/** Text of another tool → text of a scenario. A pure function, total over all texts. */
import { draftOfCurl } from "./curl.ts";
import type { Drafted } from "./draft.ts";
import { finishDraft, scenarioName } from "./finish_draft.ts";
import { draftOfHar } from "./har.ts";
import { type Note, positionOf } from "./located.ts";
import { draftOfOpenapi } from "./openapi.ts";
import { kindOf, SOURCE_KINDS, type SourceKind } from "./source_kind.ts";
import { writeScenario } from "./write_scenario.ts";
import { draftOfZ6 } from "./z6.ts";

/** A scenario and what did not come along, or why there is none. Each is `FILE:LINE:COLUMN: what` on one line. */
export type Imported =
  | Readonly<{ kind: SourceKind; scenario: string; notes: readonly string[] }>
  | Readonly<{ kind: SourceKind | null; refused: string }>;

/** `file` is the name that messages give, and a scenario without a title takes; `kind` is told by content where null. */
export function importScenario(file: string, text: string, kind: SourceKind | null): Imported {
  const found = kind ?? kindOf(text, file);
  const said = ({ at, text: words }: Note) => {
    const { line, column } = positionOf(text, at);
    return `${file}:${line}:${column}: ${words.replace(/\p{Cc}+/gu, " ")}`;
  };
  if (found === null) {
    const kinds = SOURCE_KINDS.join(", ");
    return {
      kind: null,
      refused: said({
        at: 0,
        text: `nothing here tells what it is; name it: z6c import KIND FILE, of ${kinds}`,
      }),
    };
  }
  try {
    const drafted = draftOf(found, text, scenarioName(file.replace(/^.*[/\\]/, "").replace(/\.[^.]*$/, "")));
    if ("refused" in drafted) return { kind: found, refused: said(drafted.refused) };
    const notes = [...drafted.notes].sort((one, other) => one.at - other.at);
    return {
      kind: found,
      scenario: writeScenario(finishDraft(drafted.draft)),
      notes: notes.map(({ at, text }) => said({ at, text: drafted.draft.variables.shown(text) })),
    };
  } catch (error) {
    // The readers of YAML and TOML call themselves for values within values, however deep a text may go.
    if (!(error instanceof RangeError)) throw error;
    return { kind: found, refused: said({ at: 0, text: "values lie too deeply within each other" }) };
  }
}

function draftOf(kind: SourceKind, text: string, name: string): Drafted {
  switch (kind) {
    case "curl":
      return draftOfCurl(text, name);
    case "har":
      return draftOfHar(text, name);
    case "openapi":
      return draftOfOpenapi(text, name);
    case "z6":
      return draftOfZ6(text, name);
  }
}
