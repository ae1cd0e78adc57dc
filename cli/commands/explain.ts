import { CATALOGUE, explain as entryOf } from "../../compiler/catalogue.ts";
import { exitCodeHelp } from "../../runtime/command_line.ts";
import { ERRORS } from "../../runtime/ledger/errors.ts";
import { EXIT } from "../../runtime/reduce/exit_codes.ts";
import { UserError } from "../../runtime/user_error.ts";

/** Explains a diagnostic (`Z1204`), an error of a request (`Z3201`, `connect.refused`), or an exit code (`97`). */
export function explain(code: string): number {
  const text = diagnostic(code) ?? requestError(code) ?? exitCode(code);
  if (text === undefined) {
    throw new UserError(
      `there is no code "${code}"; codes look like ${CATALOGUE[0].code} (scenario), ` +
        `Z${ERRORS[0].code} or ${ERRORS[0].name} (request), 97 (exit code)`,
      EXIT.badInput,
    );
  }
  console.log(text);
  return EXIT.passed;
}

function diagnostic(code: string): string | undefined {
  const entry = entryOf(code);
  if (entry === undefined) return undefined;
  const indented = (text: string) => text.trimEnd().replace(/^/gm, "    ");
  return `${entry.code}  ${entry.title}\n\n${entry.cause}\n\n  wrong\n\n${
    indented(entry.example)
  }\n\n  right\n\n${indented(entry.mend)}`;
}

function requestError(code: string): string | undefined {
  const error = ERRORS.find((it) => `Z${it.code}` === code.toUpperCase() || it.name === code.toLowerCase());
  return error === undefined
    ? undefined
    : `Z${error.code}  ${error.name} (phase: ${error.phase})\n\nwhat happened  ${error.cause}\nwhat to do     ${error.action}`;
}

function exitCode(code: string): string | undefined {
  return exitCodeHelp().split("\n").map((line) => line.trim()).find((line) => line.startsWith(`${code} `));
}
