/** The scenario that `z6c init` writes: a small shop, as `z6c serve` plays it. `name` is of a form that names files. */
export function starterScenario(name: string, schema: string): string {
  return `#:schema ./${schema}
# A load test for z6c. Every key is explained in docs/language.md; editors that know TOML show them as you type.
name = "${name}"
seed = 1 # the same seed draws the same sessions, pauses and items on every machine

[target]
base = "\${env.BASE_URL:-http://127.0.0.1:8080}" # or --base URL, when it runs
timeout = "5s"

[load]
model = "open" # people arrive by the clock, whether or not the target keeps up
arrivals = "poisson" # at random, as people do
max_vus = 200 # so many at once; an arrival beyond that is recorded as dropped
stages = [
  { name = "warm-up", for = "5s", rate = "5/s", warmup = true }, # left out of figures and thresholds
  { name = "ramp", for = "10s", rate = "5/s..30/s" },
  { name = "hold", for = "20s", rate = "30/s" },
]

[[flow]] # what a person does, step by step
name = "shop"

[[flow.step]]
name = "home"
get = "/"

[[flow.step]]
think = "500ms..2s" # a pause, drawn evenly from this range

[[flow.step]]
name = "item"
get = "/items/\${random.int(1, 1000)}"
expect = { status = 200, json = { "/id" = { type = "number" } } } # each expectation is a check
capture = { item = { json = "/id" } } # kept for the steps behind

[[flow.step]]
name = "order"
post = "/echo"
json = { item = "\${item}", order = "\${uuid}" }
headers = { x-z6c-delay = "10ms..40ms" } # z6c serve answers so much later; remove it for another target
expect = { status = 200 }

[[threshold]] # what must hold for the run to pass
metric = "response_time"
step = "order"
p99 = "< 300ms"

[[threshold]]
metric = "errors"
ratio = "< 1%"
`;
}
