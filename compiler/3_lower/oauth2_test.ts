import assert from "node:assert/strict";
import { allSteps } from "../2_check/all_steps.ts";
import type { OAuth2, Scenario, Step } from "../2_check/scenario.ts";
import { lower } from "./lower.ts";
import { expandOAuth2 } from "./oauth2.ts";
import {
  place,
  sampleFlow,
  sampleGroup,
  sampleRequest,
  sampleScenario,
  sampleTarget,
} from "../../tests/sample_scenario.ts";

const auth: OAuth2 = {
  kind: "oauth2",
  place,
  target: 0,
  tokenUrl: ["/oauth/token"],
  clientId: ["me&"],
  clientSecret: [{ variable: "secret", name: "KEY", place }],
  scope: ["read write"],
  audience: null,
  send: "basic",
  per: "run",
};

/** The steps of each flow by name, with what they bear. */
function shown({ flows, setup, teardown }: Scenario): Record<string, string[]> {
  const bears = (step: ReturnType<typeof allSteps>[number]) => {
    if (step.kind !== "request" || step.auth.kind !== "bearer") return "";
    const [token] = step.auth.token;
    return typeof token === "string" || token.variable !== "capture" ? "?" : ` ${token.of}/${token.name}`;
  };
  const all = [...flows, setup, teardown].filter((flow) => flow !== null);
  return Object.fromEntries(all.map(({ name, steps }) => [
    name,
    allSteps(steps).map((step) => step.name + bears(step)),
  ]));
}

Deno.test("a scenario without it stays as it is", () => {
  const scenario = sampleScenario();
  assert.equal(expandOAuth2(scenario), scenario);
});

Deno.test("a token of the run is got by the setup, once for all that ask for the same", () => {
  const elsewhere = { ...auth, place: { ...place, line: 9 } };
  const flows = [
    sampleFlow("a", [
      sampleRequest("x", { auth }),
      sampleGroup("g", [sampleRequest("y", { auth: elsewhere })]),
    ]),
    sampleFlow("b", [sampleRequest("z", { auth: { ...auth, scope: null } }), sampleRequest("open")]),
  ];
  const made = expandOAuth2(sampleScenario({ flows }));
  assert.deepEqual(shown(made), {
    a: ["x setup/access_token", "g", "y setup/access_token"],
    b: ["z setup/access_token-2", "open"],
    setup: ["oauth2", "oauth2-2"],
  });
  assert.deepEqual(made.setup?.captures, ["access_token", "access_token-2"]);
  const setup = sampleFlow("setup", [sampleRequest("oauth2", { auth })], { captures: ["access_token"] });
  const teardown = sampleFlow("teardown", [sampleRequest("clean", { auth })]);
  assert.deepEqual(shown(expandOAuth2(sampleScenario({ setup, teardown }))), {
    visit: ["home"],
    setup: ["oauth2-2", "oauth2 flow/access_token-2"],
    teardown: ["clean setup/access_token-2"],
  });
});

Deno.test("a token of a session is got by the first steps of each flow that wants it", () => {
  const per = { per: "session" } as const;
  const flows = [
    sampleFlow("a", [sampleRequest("x", { auth: { ...auth, ...per } }), sampleRequest("y", { auth })]),
    sampleFlow("b", [sampleRequest("z")]),
  ];
  const setup = sampleFlow("setup", [sampleRequest("s", { auth: { ...auth, ...per } })]);
  const made = expandOAuth2(sampleScenario({ flows, setup }));
  assert.deepEqual(shown(made), {
    a: ["oauth2", "x flow/access_token", "y setup/access_token"],
    b: ["z"],
    setup: ["oauth2", "oauth2-2", "s flow/access_token-2"],
  });
  const onError = (steps: readonly Step[] = []) => steps.map((it) => it.kind === "request" && it.onError);
  assert.deepEqual(onError(made.flows[0].steps), ["end-session", "continue", "continue"]);
  assert.deepEqual(onError(made.setup?.steps), ["stop-run", "stop-run", "continue"]);
  const alone = expandOAuth2(
    sampleScenario({ flows: flows.slice(0, 1).map((it) => ({ ...it, steps: it.steps.slice(0, 1) })) }),
  );
  assert.equal(alone.setup, null);
});

Deno.test("what is sent for a token", () => {
  const sent = (changes: Partial<OAuth2>) => {
    const flows = [sampleFlow("a", [sampleRequest("x", { auth: { ...auth, ...changes } })])];
    const targets = [sampleTarget, { ...sampleTarget, name: "auth" }];
    const { plan, diagnostics } = lower(sampleScenario({ flows, targets }), "1");
    assert.deepEqual(diagnostics, []);
    assert(plan !== undefined && plan.setup === 1);
    const [request, token] = plan.requests;
    assert.deepEqual(request.head.slice(-2), [
      { slot: "capture", capture: 0, encoding: "header" },
      request.head.at(-1),
    ]);
    assert.deepEqual(token.captures, [
      { capture: 0, from: { kind: "json", pointer: "/access_token", pattern: null }, optional: false },
    ]);
    assert.deepEqual(token.expect.status, [[200, 200]]);
    return token;
  };
  const secret = { slot: "secret", secret: 0, encoding: "query" };
  const basic = sent({});
  assert.deepEqual(basic.body, ["grant_type=client_credentials&scope=read%20write"]);
  // RFC 6749 section 2.3.1: encoded as in a form first.
  assert.deepEqual(basic.head[3], { slot: "basic", user: ["me%26"], password: [secret] });
  const { head, body, target } = sent({ send: "body", scope: null, audience: ["api"], target: 1 });
  assert.deepEqual(body, [
    "grant_type=client_credentials&audience=api&client_id=me%26&client_secret=",
    secret,
  ]);
  assert(!JSON.stringify(head).includes("authorization"));
  assert.match(JSON.stringify(head), /^\["POST \/oauth\/token HTTP\/1\.1/);
  assert.equal(target, 1);
});
