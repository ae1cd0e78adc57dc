/** The exit codes of z6c and of its executables, as `z6c explain` tells of them. */
import { EXIT } from "../runtime/reduce/exit_codes.ts";

/** One exit code: when it comes about, an example, and what to do. */
export type ExplainedExit = Readonly<
  { code: number; title: string; cause: string; example: string; mend: string; related: readonly string[] }
>;

export const EXPLAINED_EXITS: readonly ExplainedExit[] = [
  {
    code: EXIT.passed,
    title: "passed",
    cause: "Every threshold held, or there was none. Of z6c check: no file has an error.",
    example: "z6c run checkout.toml && ./deploy",
    mend: "Nothing. A scenario without a threshold passes whatever the figures: give it one.",
    related: ["Z1704", "Z1954"],
  },
  {
    code: EXIT.error,
    title: "anything else",
    cause:
      "What has no number of its own: a report that cannot be written, a port that is taken, a bug of z6c.",
    example: "z6c serve, while another program listens on 8080",
    mend: "Read the message on stderr: it says what was tried, what was found, and the way out.",
    related: [],
  },
  {
    code: EXIT.invalid,
    title: "measurement invalid",
    cause:
      "The generator was the bottleneck, or the ledger is not whole: the figures are not those of the target.",
    example: "sessions began 50ms late because another program used the processor",
    mend: "Read `validity` in the report. Use a larger or quieter machine, lower the rate, or raise max_vus.",
    related: ["Z1956", "Z3901", "Z3902"],
  },
  {
    code: EXIT.failed,
    title: "a threshold was missed",
    cause:
      'A threshold did not hold, a step with on_error = "stop-run" failed, or the target answered nothing. ' +
      "Of z6c compare: a --fail-on failed.",
    example: 'p99 = "< 300ms", and the report says 412ms ✗',
    mend: "The first lines of the report say which, and by how much. `z6c report LEDGER` shows it again.",
    related: ["Z1954", "Z1905"],
  },
  {
    code: EXIT.badInput,
    title: "invalid scenario or arguments",
    cause: "The scenario or the arguments are wrong, or a file cannot be read. Nothing was sent.",
    example: "z6c run checkout.toml, where a rate has no unit",
    mend: "`z6c check FILE` shows every mistake of a scenario at once, and `--help` every argument.",
    related: ["Z1101", "Z1303"],
  },
  {
    code: EXIT.interrupted,
    title: "interrupted",
    cause: "Somebody stopped the run before its end, by Ctrl-C or a signal.",
    example: "Ctrl-C in the middle of a run",
    mend: "The ledger holds everything up to then, and the report was made of it: `z6c report LEDGER`.",
    related: ["Z3951"],
  },
];
