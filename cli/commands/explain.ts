import { CATALOGUE, explain as entryOf } from "../../compiler/catalogue.ts";
import { ERRORS, type RequestError } from "../../runtime/ledger/errors.ts";
import { terminalSize } from "../../runtime/live/terminal_size.ts";
import { EXIT } from "../../runtime/reduce/exit_codes.ts";
import { UserError } from "../../runtime/user_error.ts";
import { ERROR_EXAMPLES } from "../explained_errors.ts";
import { EXPLAINED_EXITS } from "../explained_exits.ts";
import { CODE_GROUPS, groupOf, relatedTo } from "../explained_groups.ts";
import { listText, type Page, pageText } from "../explained_page.ts";

/**
 * Explains a diagnostic (`Z1204`), an error of a request (`Z3201`, `connect.refused`), or an exit code (`97`); lists
 * them all where no code is given. Throws `UserError` (104) for a code that does not exist.
 */
export function explain(code: string | undefined, color: boolean): number {
  const look = { color: color && Deno.stdout.isTerminal(), width: Math.min(terminalSize().columns, 100) };
  if (code === undefined) {
    console.log(listText(groups(), look));
    return EXIT.passed;
  }
  const page = diagnostic(code) ?? requestError(code) ?? exitCode(code);
  if (page === undefined) {
    throw new UserError(
      `there is no code "${code}"; codes look like ${CATALOGUE[0].code} (scenario), ` +
        `Z${ERRORS[0].code} or ${ERRORS[0].name} (request), 97 (exit code); \`z6c explain\` lists them all`,
      EXIT.badInput,
    );
  }
  console.log(pageText(page, look));
  return EXIT.passed;
}

function diagnostic(code: string): Page | undefined {
  const entry = entryOf(code);
  if (entry === undefined) return undefined;
  const group = groupOf(entry.code);
  return {
    code: entry.code,
    title: entry.title,
    about: `scenario: ${group?.title ?? ""}`,
    cause: entry.cause,
    example: { kind: "toml", text: entry.example },
    mend: { kind: "toml", text: entry.mend },
    related: relatedTo(entry.code).map(titled),
    page: group?.page ?? "",
  };
}

function requestError(code: string): Page | undefined {
  const error = ERRORS.find((it) => written(it) === code.toUpperCase() || it.name === code.toLowerCase());
  if (error === undefined) return undefined;
  return {
    code: written(error),
    title: error.name,
    about: `error of a request: ${error.phase}`,
    cause: sentence(error.cause),
    example: { kind: "prose", text: sentence(ERROR_EXAMPLES[error.name] ?? "") },
    mend: { kind: "prose", text: sentence(error.action) },
    related: relatedTo(written(error)).map(titled),
    page: "docs/ledger.md",
  };
}

function exitCode(code: string): Page | undefined {
  const found = EXPLAINED_EXITS.find((it) => String(it.code) === code);
  if (found === undefined) return undefined;
  const { title, cause, example, mend, related } = found;
  return {
    code,
    title,
    about: "exit code",
    cause,
    example: { kind: "prose", text: sentence(example) },
    mend: { kind: "prose", text: mend },
    related: related.map(titled),
    page: "README.md, Exit codes",
  };
}

/** `Z3201 connect.refused` */
function titled(code: string): string {
  const error = ERRORS.find((it) => written(it) === code);
  return `${code} ${error?.name ?? entryOf(code)?.title ?? ""}`;
}

function written({ code }: RequestError): string {
  return `Z${code}`;
}

/** What is not a sentence yet becomes one, unless it begins with a key or a command. */
function sentence(text: string): string {
  const isCode = /^(?:z6c |\w+ = )/.test(text);
  const begun = isCode ? text : text.charAt(0).toUpperCase() + text.slice(1);
  return /[.)]$/.test(begun) ? begun : `${begun}.`;
}

function groups(): { title: string; rows: (readonly [code: string, title: string])[] }[] {
  const phases = [...new Set(ERRORS.map(({ phase }) => phase))];
  return [
    ...CODE_GROUPS.map(({ prefix, title }) => ({
      title: `scenario: ${title}`,
      rows: CATALOGUE.filter(({ code }) => code.startsWith(prefix)).map(({ code, title }) =>
        [code, title] as const
      ),
    })),
    ...phases.map((phase) => ({
      title: `error of a request: ${phase}`,
      rows: ERRORS.filter((it) => it.phase === phase).map((it) => [written(it), it.name] as const),
    })),
    {
      title: "exit code",
      rows: EXPLAINED_EXITS.map(({ code, title }) => [String(code).padStart(5), title] as const),
    },
  ];
}
