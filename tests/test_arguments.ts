/** What of `deno test`'s arguments is meant for which project. */

/** What ends with `.ts` or `/`, or names a project. */
export function isPath(arg: string, projects: readonly string[]): boolean {
  return !arg.startsWith("-") && (/\.ts$|\/$/.test(arg) || projects.includes(arg));
}

/**
 * The arguments for the tests of `project`: paths that lie in it, as they are called there, and everything that is no path.
 * Null where there are paths, and all lie in other projects.
 */
export function testArguments(
  project: string,
  projects: readonly string[],
  args: readonly string[],
): string[] | null {
  const projectOf = (path: string) =>
    projects.find((one) => one !== "" && `${path}/`.startsWith(`${one}/`)) ?? "";
  const isOther = (arg: string) => isPath(arg, projects) && projectOf(arg) !== project;
  const kept = args.filter((arg) => !isOther(arg));
  if (kept.length < args.length && !kept.some((arg) => isPath(arg, projects))) return null;
  if (project === "") return kept;
  return kept.map((arg) => isPath(arg, projects) ? arg.slice(project.length + 1) || "." : arg);
}
