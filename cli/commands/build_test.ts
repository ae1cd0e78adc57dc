import assert from "node:assert/strict";
import { samplePlan } from "../../tests/sample_plans.ts";
import { permissionsOf } from "./build.ts";

const options = { allowHosts: [], allowAnyHost: false, outFolder: "out", transports: [] };

Deno.test("an executable may reach the hosts of all targets, each once", () => {
  const plan = samplePlan({
    target: { host: "shop.test" },
    targets: [
      { name: "same", host: "shop.test", port: 81 },
      { name: "four", port: 9090 },
      { name: "again", port: 9090 },
      { name: "six", host: "::1", port: 82 },
    ],
    secrets: ["KEY"],
  });
  assert.deepEqual(permissionsOf(plan, options).net, ["shop.test", "127.0.0.1:9090", "[::1]:82"]);
  assert.deepEqual(permissionsOf(plan, { ...options, allowHosts: ["b.test:1"] }).net.at(-1), "b.test:1");
  assert.equal(permissionsOf(plan, { ...options, allowAnyHost: true }).net, "any");
  assert(permissionsOf(plan, options).env.includes("KEY"));
});

Deno.test("an executable may call the C library only where it has the transport epoll", () => {
  const plan = samplePlan();
  assert.deepEqual(permissionsOf(plan, { ...options, transports: ["socket", "fetch"] }).ffi, []);
  assert.equal(permissionsOf(plan, { ...options, transports: ["socket", "epoll"] }).ffi, "any");
});
