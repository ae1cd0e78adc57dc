import assert from "node:assert/strict";
import { type Grant, permissionFlags } from "./permissions.ts";

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
