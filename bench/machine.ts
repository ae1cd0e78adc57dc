/** The machine and the versions of all that is measured, in a line. */
export async function describeMachine(): Promise<string> {
  const cpu = /model name\s*:\s*(.*)/.exec(await textOf("/proc/cpuinfo"))?.[1] ?? Deno.build.arch;
  const memory = `${Math.round(Deno.systemMemoryInfo().total / 2 ** 30)} GiB`;
  const versions = [
    `Deno ${Deno.version.deno}`,
    await firstLine("nginx", "-v"),
    await firstLine("wrk", "-v"),
  ];
  return `${navigator.hardwareConcurrency} × ${cpu}, ${memory}, ${Deno.build.os} ${Deno.osRelease()} (shared with others); ${
    versions.join(", ")
  }`;
}

async function textOf(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    return "";
  }
}

async function firstLine(program: string, flag: string): Promise<string> {
  try {
    const { stdout, stderr } = await new Deno.Command(program, { args: [flag] }).output();
    const text = new TextDecoder().decode(new Uint8Array([...stdout, ...stderr]));
    return text.split("\n")[0].replace("nginx version: ", "").replace(/ \[.*/, "").trim();
  } catch {
    return `no ${program}`;
  }
}
