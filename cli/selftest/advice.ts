/** What to change on a machine that is to make load: findings → sentences, the weightiest first. */
import { count, duration } from "../../runtime/report/format.ts";
import { fastestFirst, type MachineFacts, portsIn, type TransportFindings, usersWithin } from "./findings.ts";

/** Below this, many a test meets the limit. */
const FEW_DESCRIPTORS = 16_384;
/** What Linux comes with: 32768 … 60999. */
const USUAL_PORTS = 28_232;
const SMALL_BACKLOG = 1_024;
/** Punctual enough for times of a millisecond. */
const LATE_TICKS = 1_000;
/** A clock that steps further than this blurs the times of a fast target. */
const COARSE_TICKS = 100;

/** Sentences with a full stop, but for those that end with a command to type. */
export function adviceFor(machine: MachineFacts, transports: readonly TransportFindings[]): string[] {
  return [
    ...busyAdvice(machine),
    ...coreAdvice(machine),
    ...transportAdvice(transports),
    ...systemAdvice(machine),
  ];
}

function busyAdvice({ load, cores }: MachineFacts): string[] {
  if (load === null || load < cores / 2) return [];
  return [
    `Other programs are at work (${
      load.toFixed(1)
    } wanted to run, on ${cores} cores): end them and test again; ` +
    "what was measured is what they left.",
  ];
}

function coreAdvice({ cores }: MachineFacts): string[] {
  if (cores > 2) return [];
  const [has, shares] = cores === 1 ? ["1 core", "it"] : [`${cores} cores`, "them"];
  return [
    `This machine has ${has}, and client and server share ${shares}: keep the target, and everything else, on ` +
    "another machine. A generator wants a core to itself and one for the system; --workers wants one each.",
  ];
}

function transportAdvice(transports: readonly TransportFindings[]): string[] {
  const tried = fastestFirst(transports);
  const fastest = tried.at(0);
  if (fastest === undefined) return [];
  const { transport, lag } = fastest;
  const failed = tried.filter(({ errors }) => errors > 0);
  return [
    ...failed.map(({ transport, errors }) =>
      `${
        count(errors)
      } requests by ${transport} failed on a server that fails none: look at descriptors and ports.`
    ),
    ...(transport === "socket" ? [] : [
      `Write transport = "${transport}" in [target], or --transport ${transport}: it was the fastest here.`,
    ]),
    ...(lag.p99 <= LATE_TICKS ? [] : [
      `Of 100 requests, one was issued ${
        duration(lag.p99)
      } late or later: response times below that speak of ` +
      "this machine. Use a quieter one, or a physical in place of a virtual one.",
    ]),
  ];
}

function systemAdvice({ os, descriptors, ports, somaxconn, governor, clock }: MachineFacts): string[] {
  const advice: string[] = [];
  if (descriptors !== null && descriptors < FEW_DESCRIPTORS) {
    const users = count(usersWithin(descriptors));
    advice.push(
      `Raise the limit of open files for more than ${users} users with a connection each: ulimit -n 65536` +
        (os === "linux" ? ", for good in /etc/security/limits.conf." : "."),
    );
  }
  if (ports !== null && portsIn(ports) <= USUAL_PORTS) {
    advice.push(
      `Widen the range of ports for more than ${count(portsIn(ports))} connections to one target: ` +
        'sysctl -w net.ipv4.ip_local_port_range="1024 65535"',
    );
  }
  if (somaxconn !== null && somaxconn < SMALL_BACKLOG) {
    advice.push(
      `Let more than ${
        count(somaxconn)
      } connections wait for a server, where one is tested on this machine: ` +
        "sysctl -w net.core.somaxconn=4096",
    );
  }
  if (governor !== null && governor !== "performance") {
    advice.push(
      `Let the processor run at full speed (its governor is ${governor}): cpupower frequency-set -g performance`,
    );
  }
  if (clock.stepTicks > COARSE_TICKS) {
    advice.push(
      `The clock steps ${duration(clock.stepTicks)} at a time, and shorter times cannot be told apart: ` +
        "use another machine for a fast target.",
    );
  }
  return advice;
}
