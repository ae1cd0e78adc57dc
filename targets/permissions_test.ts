import assert from "node:assert/strict";
import { PLAIN_TARGET } from "../tests/sample_plans.ts";
import { type Grant, permissionFlags, tlsFiles } from "./permissions.ts";

const NONE: Grant = [];

Deno.test("each grant becomes one flag, in one order", () => {
  const cases: [Parameters<typeof permissionFlags>[0], string[]][] = [
    [{ net: NONE, read: NONE, write: NONE, sys: NONE, env: NONE, ffi: NONE }, []],
    [{
      net: ["a:1", "[::1]:2"],
      read: NONE,
      write: ["out"],
      sys: ["hostname"],
      env: ["TOKEN", "KEY"],
      ffi: NONE,
    }, [
      "--allow-net=a:1,[::1]:2",
      "--allow-write=out",
      "--allow-sys=hostname",
      "--allow-env=TOKEN,KEY",
    ]],
    [{ net: "any", read: ["a,b"], write: "any", sys: NONE, env: NONE, ffi: "any" }, [
      "--allow-net",
      "--allow-read=a,,b",
      "--allow-write",
      "--allow-ffi",
    ]],
  ];
  for (const [permissions, flags] of cases) {
    assert.deepEqual(permissionFlags(permissions), ["--no-prompt", ...flags]);
  }
});

Deno.test("files of TLS are read when it starts, each once; texts and secrets are no files", () => {
  const file = (path: string) => ({ kind: "file", path }) as const;
  const target = {
    ...PLAIN_TARGET,
    name: "",
    host: "a.test",
    port: 443,
    cookies: false,
    firstSlot: 0,
    slots: 1,
  };
  const secure = { ...target, scheme: "https", connections: { kind: "per-vu" } } as const;
  const tls = { serverName: "", insecure: false };
  const plan = {
    targets: [
      { ...secure, tls: null },
      {
        ...secure,
        tls: { ...tls, ca: { kind: "text", text: "PEM" } as const, cert: file("c"), key: file("k") },
      },
      { ...secure, tls: { ...tls, ca: file("c"), cert: null, key: { kind: "secret", secret: 0 } as const } },
    ],
  };
  assert.deepEqual(tlsFiles(plan), ["c", "k"]);
});
