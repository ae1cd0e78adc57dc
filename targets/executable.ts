/** What a build makes: one executable file, or the reason why there is none. */
import { createHash } from "node:crypto";
import type { Permissions } from "./permissions.ts";

export type Form = "native" | "portable";

export type Executable = Readonly<{
  kind: "built";
  form: Form;
  path: string;
  targetTriple: string;
  bytes: number;
  /** Of the whole file, as 64 hexadecimal digits. */
  sha256: string;
  permissions: Permissions;
}>;

export type NotBuilt = Readonly<{
  /**
   * `base-unavailable`: the runtime that `deno compile` puts under an executable cannot be had here.
   * `unsupported`: this form cannot be made for that target.
   * `failed`: anything else, such as a full disk.
   */
  kind: "base-unavailable" | "unsupported" | "failed";
  /** One sentence, without a full stop. */
  reason: string;
}>;

export type BuildOutcome = Executable | NotBuilt;

/** Describes a file that has just been built. */
export async function describeExecutable(
  file: Pick<Executable, "form" | "path" | "targetTriple" | "permissions">,
): Promise<Executable> {
  const hash = createHash("sha256");
  let bytes = 0;
  using opened = await Deno.open(file.path);
  const buffer = new Uint8Array(1 << 20);
  for (let length = await opened.read(buffer); length !== null; length = await opened.read(buffer)) {
    hash.update(buffer.subarray(0, length));
    bytes += length;
  }
  return { kind: "built", ...file, bytes, sha256: hash.digest("hex") };
}
