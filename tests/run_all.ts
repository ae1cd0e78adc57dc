/**
 * Every gate, then every test of every project. The last line is `N passed, N failed`; the exit code is 1 when anything
 * failed. Arguments go to `deno test`, such as `--filter arrivals` or a file.
 */
import deno from "../deno.json" with { type: "json" };
import { runGates } from "./gates.ts";
import { denoIn, PROJECTS } from "./projects.ts";
import { isPath, testArguments } from "./test_arguments.ts";
import { addCounts, testCounts } from "./test_counts.ts";

type Suite = Readonly<{ project: (typeof PROJECTS)[number]; args: readonly string[] }>;

/** Whole programs that hold no times: made ledgers, simulated runs, benchmarks at toy size. */
const TIMELESS = [
  "bad_input",
  "behind_numbers",
  "bench",
  "check_command",
  "compare",
  "compare_paired",
  "conformance",
  "diagnosis",
  "diff",
  "export_command",
  "export_peers",
  "exports",
  "exports_naive",
  "exports_reports",
  "exports_wrong_report",
  "html_report",
  "import",
  "inspect",
  "secrets",
  "simulate",
  "simulator",
  "terminal",
  "two_machines",
  "verify",
  "wire_capture",
].map((name) => `tests/${name}_test.ts`);

/**
 * Units, pages and what is timeless do not mind company on the machine's cores; live runs are alone. With `--ignore` Deno
 * does not ask deno.json what is left out.
 */
const SUITES: readonly Suite[] = [
  { project: "", args: ["--parallel", ...TIMELESS, "compiler", "runtime", "targets", "cli", "bench"] },
  { project: "", args: [`--ignore=${[...deno.exclude, ...TIMELESS].join(",")}`, "tests"] },
  { project: "tests/browser", args: ["--parallel"] },
  { project: "docs/report_schema", args: [] },
];

let total = await runGates();
for (const { project, args } of suites()) {
  // The gates have checked all types.
  const { stdout, success } = await denoIn(project, ["test", "-A", "--no-check", ...args]);
  total = addCounts(total, testCounts(stdout, success));
}
console.log(`${total.passed} passed, ${total.failed} failed`);
Deno.exit(total.failed === 0 ? 0 : 1);

/** All suites, with what is asked for; where that names files, those alone, one after another. */
function suites(): Suite[] {
  if (!Deno.args.some((arg) => isPath(arg, PROJECTS))) {
    return SUITES.map(({ project, args }) => ({ project, args: [...Deno.args, ...args] }));
  }
  return PROJECTS.flatMap((project) => {
    const args = testArguments(project, PROJECTS, Deno.args);
    return args === null ? [] : [{ project, args }];
  });
}
