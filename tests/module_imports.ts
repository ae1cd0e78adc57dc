/** Which module imports which, read from the source. */
import { join, posix } from "node:path";

/** A module and what it imports, type imports included. Paths are relative to the checkout, with `/`. */
export type SourceModule = Readonly<{ path: string; source: string; imports: readonly Import[] }>;

export type Import = Readonly<
  /** A file of the checkout. */
  { kind: "file"; path: string } | { kind: "node" | "npm" | "other"; path: string }
>;

/** Folders that hold no source of ours. */
const SKIPPED = new Set([".git", ".deno", "z6c-out", "node_modules"]);

/** A statement that begins a line, or a dynamic import anywhere; comments and texts within a line are not meant. */
const STATEMENT = /^(?:import|export)\b(?:[^"';]*?\bfrom)?\s*"([^"]+)"/gm;
const DYNAMIC = /^(?!\s*(?:\/\/|\*|\/\*)).*?(?<![`"'\w.])import\(\s*"([^"]+)"/gm;

/** Reads the module at `path`; `npm` names the bare imports of deno.json. */
export function sourceModule(path: string, source: string, npm: ReadonlySet<string>): SourceModule {
  const specifiers = [...source.matchAll(STATEMENT), ...source.matchAll(DYNAMIC)].map(([, specifier]) =>
    specifier
  );
  return {
    path,
    source,
    imports: [...new Set(specifiers)].map((specifier) => resolved(path, specifier, npm)),
  };
}

function resolved(from: string, specifier: string, npm: ReadonlySet<string>): Import {
  if (specifier.startsWith("./") || specifier.startsWith("../")) {
    return { kind: "file", path: posix.join(posix.dirname(from), specifier) };
  }
  if (specifier.startsWith("node:")) return { kind: "node", path: specifier };
  return { kind: npm.has(specifier) ? "npm" : "other", path: specifier };
}

/** Every module of the checkout, sorted by path. */
export async function readModules(root: string): Promise<SourceModule[]> {
  const { imports } = JSON.parse(await Deno.readTextFile(join(root, "deno.json")));
  const npm = new Set(Object.keys(imports));
  const modules: SourceModule[] = [];
  for (const path of await filesBelow(root)) {
    if (path.endsWith(".ts")) {
      modules.push(sourceModule(path, await Deno.readTextFile(join(root, path)), npm));
    }
  }
  return modules;
}

/** Paths of all files of the checkout, relative to it, sorted; without what git ignores by folder. */
export async function filesBelow(root: string, below = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory, isFile } of Deno.readDir(join(root, below))) {
    const path = below === "" ? name : `${below}/${name}`;
    if (isDirectory && !SKIPPED.has(name)) found.push(...await filesBelow(root, path));
    if (isFile) found.push(path);
  }
  return found.sort();
}
