/**
 * Plan → one self-extracting file around this machine's own Deno: for where `deno compile` cannot have its base. Runs on
 * systems like this one, with a POSIX shell.
 */
import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { type Program, programFiles } from "./build_folder.ts";
import { type BuildOutcome, describeExecutable } from "./executable.ts";
import { permissionFlags, type Permissions } from "./permissions.ts";
import { RUNTIME_FLAGS } from "./runtime_flags.ts";
import { portableHeader } from "./portable_header.ts";
import { tarArchive } from "./tar_archive.ts";

export type PortableBuild =
  & Program
  & Readonly<{ output: string; permissions: Permissions; targetTriple?: string; deno?: string }>;

/** Level 3 makes the file 53 MB in 1.3 s; level 6 saves 1.4 MB and takes half as long again, level 1 costs 12 MB. */
const GZIP_LEVEL = 3;

/** Builds the file. The same program, permissions and Deno give the same bytes. */
export async function buildPortable(build: PortableBuild): Promise<BuildOutcome> {
  const { permissions, deno = Deno.execPath(), targetTriple = Deno.build.target } = build;
  if (targetTriple !== Deno.build.target) {
    const own = Deno.build.target;
    return {
      kind: "unsupported",
      reason: `the portable form carries this machine's Deno (${own}), so it cannot be for ${targetTriple}`,
    };
  }
  if (targetTriple.includes("windows")) {
    return {
      kind: "unsupported",
      reason: "the portable form needs a POSIX shell, which Windows lacks; use the native form",
    };
  }
  const payload = gzipSync(await payloadArchive(build, deno), { level: GZIP_LEVEL });
  const id = createHash("sha256").update(payload).digest("hex").slice(0, 16);
  const denoVersion = Deno.version.deno;
  const header = portableHeader({
    id,
    denoVersion,
    targetTriple,
    flags: [...RUNTIME_FLAGS, ...permissionFlags(permissions)],
  });
  const path = resolve(build.output);
  const unfinished = `${path}.unfinished`;
  try {
    await writeExecutable(unfinished, [new TextEncoder().encode(header), payload]);
    await Deno.rename(unfinished, path);
  } catch (error) {
    await Deno.remove(unfinished).catch(() => {});
    return {
      kind: "failed",
      reason: `${path} could not be written: ${error instanceof Error ? error.message : error}`,
    };
  }
  return describeExecutable({ form: "portable", path, targetTriple, permissions });
}

async function payloadArchive(program: Program, deno: string): Promise<Uint8Array> {
  const text = new TextEncoder();
  const files = await programFiles(program);
  return tarArchive([
    { path: "deno", content: await Deno.readFile(deno), executable: true },
    ...files.map((file) => ({ path: file.path, content: text.encode(file.text), executable: false })),
  ]);
}

async function writeExecutable(path: string, parts: readonly Uint8Array[]): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true, truncate: true, mode: 0o755 });
  const writer = file.writable.getWriter();
  for (const part of parts) {
    await writer.write(part as Uint8Array<ArrayBuffer>);
  }
  await writer.close();
}
