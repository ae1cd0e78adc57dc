/** What a check wanted, in words. */
import type { Capture, Expect, Extraction, Plan, Request } from "../plan.ts";
import type { BodyCheck, JsonTest, TextTest } from "../plan_checks.ts";
import { requestOfStep } from "./messaging.ts";
import { statusRangeText } from "./status_name.ts";

/** Check `check` of a step, numbered as in docs/ledger.md: `status 200`, `header etag exists`. */
export function checkText(plan: Plan, step: number, check: number): string {
  const request = requestOfStep(plan, step);
  return (request === null ? undefined : checkTexts(plan, request).at(check)) ?? `check ${check}`;
}

function checkTexts(plan: Plan, { expect, captures }: Request): string[] {
  return [
    statusText(expect),
    ...(expect.withinTicks > 0 ? [`within ${expect.withinTicks / 1000} ms`] : []),
    ...expect.headers.map(({ name, test }) => `header ${name} ${textTest(test)}`),
    ...expect.json.map(({ pointer, test }) => `json ${pointer === "" ? "text" : pointer} ${jsonTest(test)}`),
    ...expect.body.map((check) => `body ${bodyTest(check)}`),
    ...captures.map((capture) => captureText(plan, capture)),
  ];
}

function statusText({ status }: Expect): string {
  return status.length === 0 ? "an answer" : `status ${status.map(statusRangeText).join(", ")}`;
}

function textTest(test: TextTest): string {
  switch (test.kind) {
    case "exists":
      return test.wanted ? "exists" : "is missing";
    case "contains":
    case "equals":
      return `${test.kind} ${JSON.stringify(test.text)}`;
    case "matches":
      return `matches /${test.pattern}/u`;
  }
}

function jsonTest(test: JsonTest): string {
  switch (test.kind) {
    case "exists":
    case "matches":
      return textTest(test);
    case "equals":
      return `equals ${test.json}`;
    case "compares":
      return `${test.comparison} ${test.limit}`;
    case "type":
      return `is of type ${test.type}`;
  }
}

function bodyTest(check: BodyCheck): string {
  return check.kind === "size" ? `has ${check.minBytes} … ${check.maxBytes} bytes` : textTest(check);
}

/** `flow/name` is the flow's own name for it. */
function captureText(plan: Plan, { capture, from }: Capture): string {
  const name = plan.captures[capture];
  return `captured ${name.slice(name.indexOf("/") + 1)} from ${placeText(from)}`;
}

function placeText(from: Extraction): string {
  const pattern = from.pattern === null ? "" : ` by /${from.pattern}/u`;
  switch (from.kind) {
    case "json":
      return `json ${from.pointer}${pattern}`;
    case "header":
    case "cookie":
      return `${from.kind} ${from.name}${pattern}`;
    case "regex":
      return `body${pattern}`;
  }
}
