import { importScenario } from "../../compiler/import/import_scenario.ts";
import { SOURCE_KINDS, type SourceKind } from "../../compiler/import/source_kind.ts";
import { fileErrorText } from "../../runtime/out_folder.ts";
import { EXIT } from "../../runtime/reduce/exit_codes.ts";
import { UserError } from "../../runtime/user_error.ts";

/**
 * Turns a recording or document into a scenario, on stdout or in the new file `output`. `words` are the file (`-`:
 * standard input) and, in front of it, perhaps its kind; without it the content tells.
 * What did not come along is said on stderr. Throws `UserError` (104) where there is nothing to make a scenario of.
 */
export async function importSource(
  words: readonly string[],
  output: string | null,
): Promise<number> {
  const [file = "-", kind = null, ...more] = [...words].reverse();
  if (more.length > 0) {
    throw new UserError("one source makes one scenario; import them one by one", EXIT.badInput);
  }
  const known = SOURCE_KINDS.find((one) => one === kind) ?? null;
  if (kind !== null && known === null) throw unknownKind(kind);
  const imported = importScenario(file === "-" ? "stdin" : file, await readSource(file), known);
  if ("refused" in imported) throw new UserError(imported.refused, EXIT.badInput);
  for (const note of imported.notes) console.error(`note: ${note}`);
  if (output === null) {
    console.log(imported.scenario.trimEnd());
  } else {
    writeNew(output, imported.scenario);
    console.error(
      `${output}: written from ${SHOWN[imported.kind]}; read it through, then z6c check ${output}`,
    );
  }
  return EXIT.passed;
}

const SHOWN: Readonly<Record<SourceKind, string>> = {
  curl: "curl commands",
  har: "a recording",
  openapi: "an OpenAPI document",
  z6: "a Z6 scenario",
};

function unknownKind(kind: string): UserError {
  return new UserError(
    `there is no importer for ${JSON.stringify(kind)}; there are ${SOURCE_KINDS.join(", ")}`,
    EXIT.badInput,
  );
}

async function readSource(file: string): Promise<string> {
  try {
    const bytes = file === "-"
      ? new Uint8Array(await new Response(Deno.stdin.readable).arrayBuffer())
      : Deno.readFileSync(file);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    const found = cause instanceof TypeError ? "it is not UTF-8 text" : fileErrorText(cause);
    throw new UserError(`cannot read ${file}: ${found}`, EXIT.badInput);
  }
}

/** A scenario that somebody has worked on since is never written over. */
function writeNew(path: string, text: string): void {
  try {
    Deno.writeTextFileSync(path, text, { createNew: true });
  } catch (cause) {
    if (cause instanceof Deno.errors.AlreadyExists) {
      throw new UserError(`${path} is there already; remove it, or name another with -o`, EXIT.badInput);
    }
    throw new UserError(`cannot write ${path}: ${fileErrorText(cause)}`, EXIT.error);
  }
}
