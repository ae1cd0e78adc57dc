/** Diagnostics → SARIF 2.1.0 (OASIS), as far as code scanning of GitHub and GitLab reads it. */
import { isAbsolute, posix } from "node:path";
import { pathToFileURL } from "node:url";
import { CATALOGUE } from "../compiler/catalogue.ts";
import type { CatalogueEntry } from "../compiler/catalogue_entry.ts";
import type { Diagnostic } from "../compiler/diagnostic.ts";

/** The whole log; `version` is z6c's. Paths stay relative to the folder in which z6c ran. */
export function sarifOf(diagnostics: readonly Diagnostic[], version: string): unknown {
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [{
      tool: { driver: { name: "z6c", version, semanticVersion: version, rules: CATALOGUE.map(ruleOf) } },
      // Places count as JavaScript does.
      columnKind: "utf16CodeUnits",
      originalUriBaseIds: { [BASE]: { description: { text: "The folder in which z6c ran" } } },
      results: diagnostics.map(resultOf),
    }],
  };
}

/** Code scanning takes this name for the root of the repository. */
const BASE = "%SRCROOT%";

function ruleOf({ code, title, cause, example, mend }: CatalogueEntry) {
  const level = isWarning(code) ? "warning" : "error";
  return {
    id: code,
    shortDescription: { text: title },
    fullDescription: { text: cause },
    help: {
      text: `${cause}\n\nWrong:\n\n${example}\n\nRight:\n\n${mend}`,
      markdown: `${cause}\n\nWrong:\n\n${fenced(example)}\n\nRight:\n\n${fenced(mend)}`,
    },
    defaultConfiguration: { level },
    properties: { "problem.severity": level, tags: ["load-test"] },
  };
}

function isWarning(code: string): boolean {
  return code.startsWith("Z19");
}

function fenced(toml: string): string {
  return `\`\`\`toml\n${toml.trimEnd()}\n\`\`\``;
}

function resultOf({ code, severity, file, place, message }: Diagnostic) {
  return {
    ruleId: code,
    ruleIndex: CATALOGUE.findIndex((entry) => entry.code === code),
    level: severity,
    message: { text: message },
    locations: [{
      physicalLocation: {
        artifactLocation: artifactOf(file),
        region: {
          startLine: place.line,
          startColumn: place.column,
          endLine: place.endLine,
          endColumn: place.endColumn,
        },
      },
    }],
  };
}

/** Slashes whatever the system, and what a URI cannot hold percent-encoded. */
function artifactOf(file: string) {
  if (isAbsolute(file)) return { uri: pathToFileURL(file).href };
  const path = posix.normalize(Deno.build.os === "windows" ? file.replaceAll("\\", "/") : file);
  return { uri: path.split("/").map(encodeURIComponent).join("/"), uriBaseId: BASE };
}
