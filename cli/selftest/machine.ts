/** What the system says of itself, as far as it matters to a load test. */
import type { ClockFacts, MachineFacts } from "./findings.ts";

const CLOCK_READS = 20_000;

export function machineFacts(): MachineFacts {
  return {
    os: Deno.build.os,
    arch: Deno.build.arch,
    cores: navigator.hardwareConcurrency,
    memoryBytes: Deno.systemMemoryInfo().total,
    load: Deno.build.os === "windows" ? null : Deno.loadavg()[0],
    governor: word(read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")),
    clock: clockFacts(),
    descriptors: openFiles(read("/proc/self/limits")),
    ports: portRange(read("/proc/sys/net/ipv4/ip_local_port_range")),
    somaxconn: wholeNumber(word(read("/proc/sys/net/core/somaxconn"))),
  };
}

/** The soft limit, of `/proc/self/limits`; `unlimited` is none. */
export function openFiles(limits: string | null): number | null {
  return wholeNumber(/^Max open files\s+(\S+)/m.exec(limits ?? "")?.[1] ?? null);
}

/** `32768   60999`, both included. */
export function portRange(text: string | null): readonly [number, number] | null {
  const [, first, last] = /^\s*(\d+)\s+(\d+)\s*$/.exec(text ?? "") ?? [];
  return first === undefined || last === undefined ? null : [Number(first), Number(last)];
}

/** Reads the clock that runs are timed by, again and again. */
function clockFacts(): ClockFacts {
  const begin = performance.now();
  let [before, least] = [begin, Infinity];
  for (let i = 0; i < CLOCK_READS; i++) {
    const now = performance.now();
    if (now > before) least = Math.min(least, now - before);
    before = now;
  }
  return { stepTicks: least * 1000, readNs: ((before - begin) * 1e6) / CLOCK_READS };
}

function word(text: string | null): string | null {
  return text === null || text.trim() === "" ? null : text.trim();
}

function wholeNumber(text: string | null): number | null {
  return text !== null && /^\d+$/.test(text) ? Number(text) : null;
}

/** Null where there is no such file: other systems have not these. */
function read(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return null;
  }
}
