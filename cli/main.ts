import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { exitCodeHelp, OUT_FOLDER, readReports, type RunOptions } from "../runtime/command_line.ts";
import { exitWith } from "../runtime/main.ts";
import { EXIT } from "../runtime/reduce/exit_codes.ts";
import { VERSION } from "../runtime/version.ts";
import { build } from "./commands/build.ts";
import { check, CHECK_FORMATS } from "./commands/check.ts";
import { demo } from "./commands/demo.ts";
import { explain } from "./commands/explain.ts";
import { importSource } from "./commands/import.ts";
import { init, USUAL_NAME } from "./commands/init.ts";
import { plan } from "./commands/plan.ts";
import { report } from "../runtime/report_command.ts";
import { run } from "./commands/run.ts";
import { practiceTable, serve } from "./commands/serve.ts";

await exitWith(() => perform(Deno.args));

/** Does what the arguments say, and returns the exit code. Throws `UserError`. */
async function perform(args: readonly string[]): Promise<number> {
  let code: number = EXIT.passed;
  const program = commands((result) => {
    code = result;
  });
  try {
    await program.parseAsync([...args], { from: "user" });
  } catch (cause) {
    if (!(cause instanceof CommanderError)) throw cause;
    return cause.exitCode === 0 ? EXIT.passed : EXIT.badInput;
  }
  return code;
}

/** The command line, verb by verb. `done` takes a verb's exit code. */
function commands(done: (code: number) => void): Command {
  const program = new Command("z6c")
    .description("compiles a load test into one executable")
    .version(VERSION)
    .exitOverride()
    .configureHelp({ helpWidth: 100 })
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "z6c: ")) })
    .showHelpAfterError("(--help shows all arguments)")
    .addHelpText("after", `\nExit codes:\n${exitCodeHelp()}`);

  program.command("demo")
    .description("practice server, build, run and report: the whole path")
    .addOption(noColor())
    .action(async (options) => done(await demo(color(options))));

  program.command("init").argument("[name]", "of the scenario and its file", USUAL_NAME)
    .description("write a small scenario to begin with, and the schema for editors beside it")
    .action((name) => done(init(name)));

  program.command("check").argument("<file...>", "scenarios")
    .description("find every mistake before the first packet")
    .addOption(env())
    .addOption(
      new Option("--format <format>", "for people, for programs, for code scanning")
        .choices(CHECK_FORMATS).default("text"),
    )
    .option("--deny-warnings", "warnings fail it, too")
    .addOption(noColor())
    .action((files, { env = [], format, denyWarnings = false, ...options }) =>
      done(check(files, env, { format, denyWarnings, color: color(options) }))
    );

  planFlags(program.command("plan").argument("<file>", "scenario"))
    .description("show what a scenario will do, and write NAME.plan.json beside it")
    .action((file, options) => done(plan(file, options.env ?? [], runOptions(options))));

  program.command("build").argument("<file>", "scenario")
    .description("write the executable, the plan and the lock")
    .addOption(env())
    .option("-o, --output <path>", "the executable (default: the scenario's name, in this folder)")
    .addOption(
      new Option(
        "--form <form>",
        "native: by deno compile; portable: a self-extracting file; auto: native if it can be had",
      )
        .choices(["auto", "native", "portable"]).default("auto"),
    )
    .addOption(again("--target <triple>", "build for this machine, such as aarch64-unknown-linux-gnu"))
    .addOption(again("--with <transport>", "a transport beside the plan's own", ["socket", "fetch"]))
    .addOption(again("--allow-host <host>", "a host that --base may name, with or without a port"))
    .option("--allow-any-host", "let --base name any host")
    .option("--out-dir <folder>", "the folder it may write to", OUT_FOLDER)
    .addOption(noColor())
    .action(async (file, options) => done(await build(file, options.env ?? [], buildOptions(options))));

  runFlags(program.command("run").argument("<file>", "scenario"))
    .description("run a scenario without building it")
    .action(async (file, options) => done(await run(file, options.env ?? [], runOptions(options))));

  program.command("report").argument("<ledger>", "a .z6log file")
    .description("show the report of a run again")
    .option("--report <list>", "also write reports beside the ledger: text, json")
    .option("--json", "print the report as JSON instead of text")
    .addOption(noColor())
    .action((ledger, options) =>
      done(
        report(ledger, {
          reports: readReports(options.report),
          json: options.json === true,
          color: color(options),
        }),
      )
    );

  program.command("import").usage("[options] [kind] <file>")
    .argument("<source...>", "the file, or - for standard input; in front of it, curl, har, openapi or z6")
    .description("make a scenario of curl commands, a HAR recording, an OpenAPI document or a Z6 scenario")
    .option("-o, --output <path>", "the scenario, a new file (default: standard output)")
    .action(async (source, options) => done(await importSource(source, options.output ?? null)));

  program.command("serve")
    .description("a practice target: delays, sizes and failures by path or header, seeded")
    .addHelpText("after", () => `\n${practiceTable()}`)
    .option("-p, --port <port>", "0 takes any free one", "8080")
    .option("--host <address>", "where to listen", "127.0.0.1")
    .option("--seed <n>", "of delays and failures", "1")
    .option("-q, --quiet", "print only the address")
    .action(async (options) => done(await serve({ ...options, quiet: options.quiet === true })));

  program.command("explain").argument(
    "[code]",
    "Z1204, Z3201, connect.refused, 97 …; without one, all are listed",
  )
    .description("explain a diagnostic, an error of a request, or an exit code")
    .addOption(noColor())
    .action((code, options) => done(explain(code, color(options))));

  return program;
}

/** Flags that change what a plan says, for commander. */
function planFlags(command: Command): Command {
  return command
    .addOption(env())
    .option("--base <url>", "send to this scheme, host and port instead of the plan's")
    .option("--seed <n>", "another seed: other draws, the same plan otherwise")
    .option("--transport <name>", "socket or fetch")
    .option("--json", "print JSON instead of text")
    .addOption(noColor());
}

/** The flags of a run (`RUN_FLAGS`), for commander. */
function runFlags(command: Command): Command {
  return planFlags(command)
    .option("-o, --out <dir>", "folder for ledger and reports", OUT_FOLDER)
    .option("--report <list>", "also write reports beside the ledger: text, json")
    .option("-q, --quiet", "print nothing while it runs")
    .option("--dry-run", "show the plan, check this machine, send nothing");
}

function env(): Option {
  return again("-e, --env <KEY=VALUE>", "for ${env.KEY}, before the environment's");
}

/** An option that may be given several times, a value each; its values are a list, or undefined. */
function again(flags: string, description: string, choices?: readonly string[]): Option {
  const option = new Option(flags, `${description}; may be given again`);
  return option.argParser((value: string, before: string[] = []) => {
    if (choices?.includes(value) === false) {
      throw new InvalidArgumentError(`there is no "${value}"; there are ${choices.join(" and ")}`);
    }
    return [...before, value];
  });
}

function noColor(): Option {
  return new Option("--no-color", "plain text (also: NO_COLOR)");
}

function color(options: { color: boolean }): boolean {
  return options.color && !Deno.noColor;
}

type Flags = {
  base?: string;
  seed?: string;
  transport?: string;
  out?: string;
  report?: string;
  json?: boolean;
  quiet?: boolean;
  color: boolean;
  dryRun?: boolean;
};

function runOptions(flags: Flags): RunOptions {
  return {
    base: flags.base ?? null,
    seed: flags.seed ?? null,
    transport: flags.transport ?? null,
    out: flags.out ?? OUT_FOLDER,
    reports: readReports(flags.report),
    json: flags.json === true,
    quiet: flags.quiet === true,
    color: color(flags),
    dryRun: flags.dryRun === true,
  };
}

function buildOptions(flags: {
  output?: string;
  form: "auto" | "native" | "portable";
  target?: string[];
  with?: ("socket" | "fetch")[];
  allowHost?: string[];
  allowAnyHost?: boolean;
  outDir: string;
  color: boolean;
}): Parameters<typeof build>[2] {
  return {
    output: flags.output ?? null,
    form: flags.form,
    targets: flags.target ?? [],
    transports: flags.with ?? [],
    allowHosts: flags.allowHost ?? [],
    allowAnyHost: flags.allowAnyHost === true,
    outFolder: flags.outDir,
    color: color(flags),
  };
}
