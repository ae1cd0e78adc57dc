/** A scenario of so many lines: flows of a few steps each, with what real ones have. */
export function longScenario(lines: number): string {
  const text = [
    'name = "long"',
    "[target]",
    'base = "http://127.0.0.1:8080"',
    'headers = { accept = "application/json" }',
    "[load]",
    'model = "open"',
    "max_vus = 1000",
    'stages = [{ for = "1m", rate = "10/s..100/s" }, { for = "5m", rate = "100/s" }]',
    "[[data]]",
    'name = "users"',
    'rows = [{ id = 1, name = "Ada" }, { id = 2, name = "Bob" }]',
    "[[setup.step]]",
    'post = "/login"',
    'capture = { key = { json = "/key" } }',
  ];
  for (let flow = 0; text.length < lines - 40; flow++) text.push(...flowLines(flow));
  for (let index = 0; text.length < lines; index++) text.push(`# ${index}`);
  return text.join("\n");
}

function flowLines(flow: number): string[] {
  return `[[flow]]
name = "flow ${flow}"
weight = 3
[[flow.step]]
name = "home ${flow}"
get = "/?id=\${users.id}"
expect = { status = 200, within = "500ms", body = { contains = "price" } }
[[flow.step]]
think = "1s..3s"
[[flow.step]]
name = "login ${flow}"
post = "/login"
json = { user = "\${users.name}", items = [1, 2, 3], nested = { a = "\${uuid}", b = true } }
headers = { x-key = "\${setup.key}" }
capture = { token = { json = "/token" }, id = { header = "x-id", optional = true } }
expect = { json = { "/token" = { exists = true }, "/n" = { min = 1 } } }
[[flow.step]]
name = "buy ${flow}"
repeat = "1..3"
tags = ["buy"]
[[flow.step.step]]
name = "item ${flow}"
get = "/item/\${random.int(1, 1000)}?page=\${loop}"
headers = { authorization = "Bearer \${token}" }
retry = { times = 2, on = ["timeout", "5xx"] }
[[flow.step.step]]
name = "pay ${flow}"
when = { id = "exists" }
post = "/pay/\${id}"
form = { amount = "12", currency = "eur" }
timeout = "2s"
on_error = "end-session"
[[threshold]]
metric = "response_time"
step = "pay ${flow}"
p99 = "< 300ms"`.split("\n");
}
