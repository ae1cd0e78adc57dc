import { basename, dirname, join } from "node:path";
import { jsonSchema } from "../../compiler/reference.ts";
import { fileErrorText } from "../../runtime/out_folder.ts";
import { EXIT } from "../../runtime/reduce/exit_codes.ts";
import { UserError } from "../../runtime/user_error.ts";
import { starterScenario } from "../starter_scenario.ts";

/** Beside the scenario, so that editors find it without a network, in the version of this z6c. */
const SCHEMA_FILE = "z6c.schema.json";

/** Named when nobody says a name. */
export const USUAL_NAME = "load-test";

/**
 * Writes a small scenario, and the schema for editors beside it. `path` is a name, `.toml` or not, in whatever folder.
 * Throws `UserError`: 104 where the name is unusable or something else is there already.
 */
export function init(path: string): number {
  const file = path.endsWith(".toml") ? path : `${path}.toml`;
  const schemaFile = join(dirname(file), SCHEMA_FILE);
  const name = basename(file, ".toml");
  if (!/^[a-z0-9][a-z0-9_-]{0,63}$/.test(name)) {
    const hint = name.toLowerCase().replace(/[^a-z0-9_-]+/g, "-").replace(/^[-_]+|[-_]+$/g, "");
    throw new UserError(
      `"${name}" cannot name a test; use up to 64 of a–z, 0–9, "-" and "_"` +
        (hint === "" ? "" : `, such as ${hint.slice(0, 64)}`),
      EXIT.badInput,
    );
  }
  if (readIfThere(file) !== null) throw alreadyThere(file);
  writeSchema(schemaFile);
  writeNew(file, starterScenario(name, SCHEMA_FILE));
  console.log(`wrote ${file}, and ${schemaFile} for your editor\n\nnext:\n${nextCommands(file)}`);
  return EXIT.passed;
}

function nextCommands(file: string): string {
  const rows = [
    ["z6c serve", "a target to practise on; leave it running in a terminal of its own"],
    [`z6c check ${file}`, "every mistake, before the first packet"],
    [`z6c run ${file}`, "half a minute, then the report"],
  ] as const;
  const width = Math.max(...rows.map(([command]) => command.length));
  return rows.map(([command, does]) => `  ${command.padEnd(width)}  # ${does}`).join("\n");
}

/** A schema of another version of z6c gives way: nobody edits it. */
function writeSchema(path: string): void {
  const schema = jsonSchema();
  const there = readIfThere(path);
  if (there !== null && !there.includes(`"title": ${JSON.stringify(schema.title)}`)) throw alreadyThere(path);
  try {
    Deno.writeTextFileSync(path, JSON.stringify(schema, null, 2) + "\n");
  } catch (cause) {
    throw failed(path, cause);
  }
}

function writeNew(path: string, text: string): void {
  try {
    Deno.writeTextFileSync(path, text, { createNew: true });
  } catch (cause) {
    throw cause instanceof Deno.errors.AlreadyExists ? alreadyThere(path) : failed(path, cause);
  }
}

function readIfThere(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return null;
    throw failed(path, cause);
  }
}

function alreadyThere(path: string): UserError {
  return new UserError(
    `${path} is there already, and init overwrites nothing; take another name`,
    EXIT.badInput,
  );
}

function failed(path: string, cause: unknown): UserError {
  if (cause instanceof Deno.errors.NotFound) {
    return new UserError(
      `cannot write ${path}: there is no folder ${dirname(path)}; make it first`,
      EXIT.badInput,
    );
  }
  return new UserError(
    `cannot write ${path}: ${fileErrorText(cause)}; take a folder you may write to`,
    EXIT.error,
  );
}
