/** The machine and the versions of all that is measured, in a line. `peers`: those of other programs, or empty. */
export async function describeMachine(peers: string): Promise<string> {
  const cpu = /model name\s*:\s*(.*)/.exec(await textOf("/proc/cpuinfo"))?.[1] ?? Deno.build.arch;
  const memory = `${Math.round(Deno.systemMemoryInfo().total / 2 ** 30)} GiB`;
  const versions = [`Deno ${Deno.version.deno}`, await nginxVersion(), ...(peers === "" ? [] : [peers])];
  const load = Deno.loadavg()[0].toFixed(1);
  return `${navigator.hardwareConcurrency} × ${cpu}, ${memory}, ${Deno.build.os} ${Deno.osRelease()} ` +
    `(load average ${load} at the end); ${versions.join(", ")}`;
}

async function textOf(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    return "";
  }
}

async function nginxVersion(): Promise<string> {
  try {
    const { stderr } = await new Deno.Command("nginx", { args: ["-v"] }).output();
    return /nginx\/\S+/.exec(new TextDecoder().decode(stderr))?.[0] ?? "nginx";
  } catch {
    return "no nginx";
  }
}
