import assert from "node:assert/strict";
import { adviceFor } from "./advice.ts";
import { type MachineFacts, type Measured, type TransportFindings, verdictOf } from "./findings.ts";
import { openFiles, portRange } from "./machine.ts";

/** Nothing is to be said of these. */
const MACHINE: MachineFacts = {
  os: "linux",
  arch: "x86_64",
  cores: 8,
  memoryBytes: 16 * 2 ** 30,
  load: 0.4,
  governor: "performance",
  clock: { stepTicks: 0.04, readNs: 50 },
  descriptors: 65_536,
  ports: [1024, 65_535],
  somaxconn: 4096,
};
const SOCKET: Measured = {
  transport: "socket",
  problem: null,
  perSecond: 61_234.5,
  lag: { p50: 2, p99: 140, max: 900 },
  floorTicks: 30,
  errors: 0,
};
const EPOLL: Measured = { ...SOCKET, transport: "epoll", perSecond: 88_888 };

type Case = [
  what: string,
  machine: Partial<MachineFacts>,
  transports: readonly TransportFindings[],
  said: readonly RegExp[],
];

const CASES: readonly Case[] = [
  ["a good machine", {}, [SOCKET], []],
  [
    "a system that tells nothing",
    { load: null, governor: null, descriptors: null, ports: null, somaxconn: null },
    [SOCKET],
    [],
  ],
  ["other programs", { load: 4 }, [SOCKET], [
    /^Other programs are at work \(4\.0 wanted to run, on 8 cores\)/,
  ]],
  ["just less than that", { load: 3.9 }, [SOCKET], []],
  ["two cores", { cores: 2 }, [SOCKET], [/2 cores, and client and server share them/]],
  ["one core", { cores: 1 }, [SOCKET], [/1 core, and client and server share it/]],
  ["three cores", { cores: 3 }, [SOCKET], []],
  ["epoll is faster", {}, [EPOLL, SOCKET], [/^Write transport = "epoll" in \[target\]/]],
  ["epoll is there and slower", {}, [{ ...EPOLL, perSecond: 1 }, SOCKET], []],
  ["epoll is not there", {}, [{ transport: "epoll", problem: "it needs Linux" }, SOCKET], []],
  ["nothing could be tried", {}, [{ transport: "epoll", problem: "it needs Linux" }], []],
  ["late", {}, [{ ...SOCKET, lag: { ...SOCKET.lag, p99: 1001 } }], [/issued 1\.00ms late or later/]],
  ["as late as may be", {}, [{ ...SOCKET, lag: { ...SOCKET.lag, p99: 1000 } }], []],
  ["failed requests", {}, [{ ...SOCKET, errors: 12 }], [/^12 requests by socket failed/]],
  ["few descriptors", { descriptors: 1024 }, [SOCKET], [/more than 992 users .*limits\.conf/]],
  ["few of them elsewhere", { os: "darwin", descriptors: 256 }, [SOCKET], [/ulimit -n 65536\.$/]],
  ["hardly any", { descriptors: 10 }, [SOCKET], [/more than 0 users/]],
  ["the usual ports", { ports: [32_768, 60_999] }, [SOCKET], [/more than 28,232 connections.*"1024 65535"/]],
  ["a small backlog", { somaxconn: 128 }, [SOCKET], [/more than 128 connections wait .*somaxconn=4096/]],
  ["a slow governor", { governor: "powersave" }, [SOCKET], [/its governor is powersave.*cpupower/]],
  ["a coarse clock", { clock: { stepTicks: 1_000, readNs: 40 } }, [SOCKET], [/steps 1\.00ms at a time/]],
  [
    "all at once, the weightiest first",
    { load: 9, cores: 2, descriptors: 256, ports: [40_000, 40_999], somaxconn: 5, governor: "powersave" },
    [EPOLL],
    [
      /Other programs/,
      /share them/,
      /epoll/,
      /open files/,
      /1,000 connections/,
      /wait for a server/,
      /governor/,
    ],
  ],
];

for (const [what, machine, transports, said] of CASES) {
  Deno.test(`advice: ${what}`, () => {
    const advice = adviceFor({ ...MACHINE, ...machine }, transports);
    assert.equal(advice.length, said.length, advice.join("\n"));
    said.forEach((words, at) => assert.match(advice[at], words));
  });
}

Deno.test("the verdict is of the fastest transport, its rate rounded down to two digits", () => {
  const fast = (perSecond: number) =>
    verdictOf([{ transport: "epoll", problem: "no" }, { ...SOCKET, perSecond }]);
  assert.deepEqual(fast(61_999.9), { transport: "socket", perSecond: 61_000, lagP99Ticks: 140 });
  assert.equal(fast(100_000)?.perSecond, 100_000);
  assert.equal(fast(99_999)?.perSecond, 99_000);
  assert.equal(fast(7.9)?.perSecond, 7);
  assert.equal(fast(0)?.perSecond, 0);
  assert.equal(verdictOf([SOCKET, EPOLL])?.transport, "epoll");
  assert.equal(verdictOf([{ transport: "epoll", problem: "no" }]), null);
});

Deno.test("what Linux tells of its limits", () => {
  const limits = "Limit                     Soft Limit           Hard Limit           Units     \n" +
    "Max processes             100                  100                  processes \n" +
    "Max open files            1024                 524288               files     \n";
  assert.equal(openFiles(limits), 1024);
  assert.equal(openFiles(limits.replace("1024 ", "unlimited ")), null);
  assert.equal(openFiles(null), null);
  assert.deepEqual(portRange("32768\t60999\n"), [32_768, 60_999]);
  assert.equal(portRange(""), null);
  assert.equal(portRange(null), null);
});
