/** The files of one executable in a temporary folder: the same plan gives the same files, bytes and times. */
import { dirname, join } from "node:path";

/** What goes into an executable. */
export type Program = Readonly<{
  /** TypeScript that imports `./plan.json` and modules below `./runtime/`. */
  entrySource: string;
  planJson: string;
  /** Where the runtime's source lies. */
  runtimeDirectory: string;
}>;

/** Runs `use` with a folder that holds `entry.ts`, `plan.json` and `runtime/`, and removes the folder afterwards. */
export async function withBuildFolder<T>(program: Program, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "z6c-build-" });
  try {
    for (const { path, text } of await programFiles(program)) {
      const file = join(folder, path);
      await Deno.mkdir(dirname(file), { recursive: true });
      await Deno.writeTextFile(file, text);
      // `deno compile` stores the times of files; a fixed one makes two builds byte-identical.
      await Deno.utime(file, 0, 0);
    }
    return await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The program's files, sorted by path; the runtime without its tests. */
export async function programFiles(program: Program): Promise<{ path: string; text: string }[]> {
  const files = [
    { path: "entry.ts", text: program.entrySource },
    { path: "plan.json", text: program.planJson },
  ];
  for (const path of await sourcesBelow(program.runtimeDirectory, "")) {
    const text = await Deno.readTextFile(join(program.runtimeDirectory, path));
    files.push({ path: `runtime/${path}`, text });
  }
  return files.sort((a, b) => a.path < b.path ? -1 : 1);
}

async function sourcesBelow(root: string, below: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(join(root, below))) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory) {
      found.push(...await sourcesBelow(root, path));
    } else if (path.endsWith(".ts") && !path.endsWith("_test.ts")) {
      found.push(path);
    }
  }
  return found;
}
