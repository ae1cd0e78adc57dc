import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { exitCodeHelp, OUT_FOLDER, readReports, REPORTS, type RunOptions } from "../runtime/command_line.ts";
import { isDumb } from "../runtime/live/rewritten_lines.ts";
import { terminalSize } from "../runtime/live/terminal_size.ts";
import { EXIT } from "../runtime/reduce/exit_codes.ts";
import { VERSION } from "../runtime/version.ts";
import type { BuildOptions } from "./commands/build.ts";
import type { CheckOptions } from "./commands/check.ts";

/** Its help tells what the practice server offers, and is the only one to bring that server with it. */
const SERVE = "serve";

try {
  Deno.exitCode = await perform(Deno.args);
} catch (cause) {
  const { exitWith } = await import("../runtime/main.ts");
  await exitWith(() => Promise.reject(cause));
}
Deno.exit();

/** Does what the arguments say, and returns the exit code. Throws `UserError`. */
async function perform(args: readonly string[]): Promise<number> {
  let code: number = EXIT.passed;
  const program = commands((result) => {
    code = result;
  });
  if (args.includes(SERVE)) {
    const { practiceTable } = await import("./commands/serve.ts");
    program.commands.find((command) => command.name() === SERVE)?.addHelpText(
      "after",
      `\n${practiceTable()}`,
    );
  }
  try {
    await program.parseAsync([...args], { from: "user" });
  } catch (cause) {
    if (!(cause instanceof CommanderError)) throw cause;
    return cause.exitCode === 0 ? EXIT.passed : EXIT.badInput;
  }
  return code;
}

/**
 * The command line, verb by verb. `done` takes a verb's exit code. Each verb is loaded where it is asked for: to load all
 * of them takes longer than to check a scenario.
 */
function commands(done: (code: number) => void): Command {
  const program = new Command("z6c")
    .description("compiles a load test into one executable")
    .version(VERSION)
    .exitOverride()
    .configureHelp({ helpWidth: helpWidth(), minWidthToWrap: 20, subcommandTerm: (verb) => verb.name() })
    .configureOutput({
      // Unlike commander's own way it does not mind when nobody reads on: `z6c --help | head`.
      writeOut: (text) => console.log(text.replace(/\n$/, "")),
      outputError: (text, write) => write(text.replace(/^error: /, "z6c: ")),
    })
    .showHelpAfterError("(--help shows all arguments)")
    .addHelpText("after", `\nExit codes:\n${exitCodeHelp()}`);

  program.command("demo")
    .description("practice server, build, run and report: the whole path")
    .addOption(noColor())
    .action(async (options) => {
      const { demo } = await import("./commands/demo.ts");
      done(await demo(color(options)));
    });

  program.command("init").argument("[name]", 'of the scenario and its file (default: "load-test")')
    .description("write a small scenario to begin with, and the schema for editors beside it")
    .action(async (name) => {
      const { init, USUAL_NAME } = await import("./commands/init.ts");
      done(init(name ?? USUAL_NAME));
    });

  program.command("check").argument("<file...>", "scenarios")
    .description("find every mistake before the first packet")
    .addOption(env())
    .addOption(
      new Option("--format <format>", "for people, for programs, for code scanning")
        .choices(["text", "json", "sarif"] satisfies CheckOptions["format"][]).default("text"),
    )
    .option("--deny-warnings", "warnings fail it, too")
    .addOption(noColor())
    .action(async (files, { env = [], format, denyWarnings = false, ...options }) => {
      const { check } = await import("./commands/check.ts");
      done(await check(files, env, { format, denyWarnings, color: color(options) }));
    });

  planFlags(program.command("plan").argument("<file>", "scenario"))
    .description("show what a scenario will do, and write NAME.plan.json beside it")
    .option("--diff <plan>", "show only what changed since this NAME.plan.json, and write nothing")
    .action(async (file, options) => {
      const { plan } = await import("./commands/plan.ts");
      done(await plan(file, options.env ?? [], runOptions(options), options.diff ?? null));
    });

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
    .addOption(again("--with <transport>", "a transport beside the plan's own", ["socket", "fetch", "epoll"]))
    .addOption(again("--allow-host <host>", "a host that --base may name, with or without a port"))
    .option("--allow-any-host", "let --base name any host")
    .option("--out-dir <folder>", "the folder it may write to", OUT_FOLDER)
    .addOption(noColor())
    .action(async (file, options) => {
      const { build } = await import("./commands/build.ts");
      done(await build(file, options.env ?? [], buildOptions(options)));
    });

  runFlags(program.command("run").argument("<file>", "scenario"))
    .description("run a scenario without building it")
    .action(async (file, options) => {
      const { run } = await import("./commands/run.ts");
      done(await run(file, options.env ?? [], runOptions(options)));
    });

  program.command("simulate").argument("<file>", "scenario, or plan (NAME.plan.json)")
    .description("run it on a virtual clock against a simulated target: hours in seconds")
    .addOption(env())
    .option("--seed <n>", "another seed: other draws, the same plan otherwise")
    .option("--sessions <n>", "only the first n sessions")
    .option("--shard <i/n>", "only the i-th of n parts")
    .option("-o, --out <dir>", "folder for ledger and reports", OUT_FOLDER)
    .option("--report <list>", `also write reports beside the ledger: ${REPORTS.join(", ")}`)
    .option("--json", "print the report as JSON instead of text")
    .option("-q, --quiet", "print the report alone")
    .addOption(noColor())
    .action(async (file, options) => {
      const { simulate } = await import("./commands/simulate.ts");
      done(
        await simulate(file, options.env ?? [], {
          seed: options.seed ?? null,
          sessions: options.sessions ?? null,
          shard: options.shard ?? null,
          out: options.out,
          reports: readReports(options.report),
          json: options.json === true,
          quiet: options.quiet === true,
          color: color(options),
        }),
      );
    });

  program.command("report").argument("<ledger...>", "a .z6log file, or those of all shards of a run")
    .description("show the report of a run again, of its shards as one")
    .option("--report <list>", `also write reports beside the ledger: ${REPORTS.join(", ")}`)
    .option("--json", "print the report as JSON instead of text")
    .addOption(noColor())
    .action(async (ledgers, options) => {
      const { report } = await import("../runtime/report_command.ts");
      done(
        report(ledgers, {
          reports: readReports(options.report),
          json: options.json === true,
          color: color(options),
        }),
      );
    });

  program.command("export").argument("<format>", "csv, jsonl, parquet, sqlite, hdr, otlp")
    .argument("<ledger...>", "a .z6log file, or those of all shards of a run")
    .description("write a run as data for other programs (docs/exports.md); reports are made by z6c report")
    .option("--of <table>", "csv, jsonl, parquet: a row for each of requests (as usual), records or seconds")
    .option("-o, --output <file>", "- is standard output; sqlite: appended to (default: beside the ledger)")
    .option("--traces", "otlp: a trace a session, too")
    .option("--send <url>", "otlp: to a receiver, such as http://127.0.0.1:4318")
    .addOption(again("--header <header>", "otlp: sent with it, such as 'authorization: Bearer …'"))
    .action(async (format, ledgers, options) => {
      const { exportLedgers } = await import("./commands/export.ts");
      done(await exportLedgers(format, ledgers, options));
    });

  program.command("verify").argument(
    "<file...>",
    "scenarios that have a lock, or the .z6log files of one run",
  )
    .description("hold scenarios against their locks, or every decision of a run against its plan")
    .addOption(env())
    .option("--update", "write plan and lock anew")
    .addOption(noColor())
    .action(async (files, options) => {
      const { verify } = await import("./commands/verify.ts");
      done(
        await verify(files, options.env ?? [], { update: options.update === true, color: color(options) }),
      );
    });

  program.command("replay").argument("<ledger>", "a .z6log file")
    .description(
      "run a ledger's plan again in the world it recorded, and see that the same ledger comes of it",
    )
    .option("-o, --out <file>", "also write the ledger that comes of it, a new file")
    .action(async (ledger, options) => {
      const { replay } = await import("./commands/replay.ts");
      done(await replay(ledger, options.out ?? null));
    });

  program.command("diff").argument("<a>", "a .z6log file").argument("<b>", "another")
    .description("show where two ledgers part first, decisions before observations")
    .action(async (a, b) => {
      const { diff } = await import("./commands/diff.ts");
      done(diff(a, b));
    });

  program.command("compare").argument("<baseline>", "a .z6log file, or those of all shards: a,b,c")
    .argument("<candidate>", "another")
    .description("show two runs side by side, and which differences are real")
    .addOption(again("--fail-on <difference>", 'exit with 99 where it is there: "p99 of step pay > +5%"'))
    .option("--confidence <percent>", "of the intervals: 90, 95, 99", "99")
    .addOption(new Option("--json", "print JSON instead of text").conflicts("markdown"))
    .option("--markdown", "print Markdown for a pull request instead of text")
    .option("--html <file>", "also write a page for a browser")
    .addOption(noColor())
    .action(async (baseline, candidate, { failOn = [], confidence, json, markdown, html, ...options }) => {
      const { compare } = await import("./commands/compare.ts");
      const form = json === true ? "json" : markdown === true ? "markdown" : "text";
      done(
        compare(baseline, candidate, { failOn, confidence, form, html: html ?? null, color: color(options) }),
      );
    });

  program.command("inspect").argument("<ledger>", "a .z6log file")
    .argument("[filter...]", "such as 'status >= 500 and step == pay'")
    .description(
      "look into a run: its requests by filter, one session, every VU at a moment, what is behind a number",
    )
    .option("--limit <n>", "how many are shown (default: 50)")
    .option("--all", "show all")
    .option("--json", "print lines of JSON instead of text")
    .option("--session <n>", "follow one session, setup or teardown: a sequence diagram")
    .option("--at <time>", "what every VU was doing then: 12.5s, 300ms")
    .option("--step [name]", "step forwards and backwards through time by keys; with --why: of which step")
    .option("--why <number>", "the requests behind p99, max, or service_time p99.9, and what they share")
    .option("--html <file>", "write what the filter selects as one page")
    .action(async (ledger, filter, options) => {
      const { inspect } = await import("./commands/inspect.ts");
      done(await inspect(ledger, filter.join(" "), options));
    });

  program.command("watch").argument("<ledger>", "a .z6log file, even before it is there")
    .description("follow a run in another process or on another machine by its ledger")
    .addOption(noColor())
    .action(async (ledger, options) => {
      const { watch } = await import("./commands/watch.ts");
      done(await watch(ledger, color(options)));
    });

  program.command("import").usage("[options] [kind] <file>")
    .argument("<source...>", "the file, or - for standard input; in front of it, curl, har, openapi or z6")
    .description("make a scenario of curl commands, a HAR recording, an OpenAPI document or a Z6 scenario")
    .option("-o, --output <path>", "the scenario, a new file (default: standard output)")
    .action(async (source, options) => {
      const { importSource } = await import("./commands/import.ts");
      done(await importSource(source, options.output ?? null));
    });

  program.command("selftest")
    .description("what this machine is good for as a generator: rates, pacing, limits, and what to change")
    .option("--seconds <n>", "how long each stretch of the measurement takes", "1.5")
    .option("--json", "print JSON instead of text")
    .addOption(noColor())
    .action(async ({ seconds, json, ...options }) => {
      const { selftest } = await import("./commands/selftest.ts");
      done(await selftest({ seconds, json: json === true, color: color(options) }));
    });

  program.command(SERVE)
    .description(
      "a practice target: delays, sizes and failures by path or header, seeded; streams, WebSockets, gRPC",
    )
    .option("-p, --port <port>", "0 takes any free one", "8080")
    .option("--host <address>", "where to listen", "127.0.0.1")
    .option("--seed <n>", "of delays and failures", "1")
    .option("--trouble <when>", "be slow and fail then, since the first request: 12s..17s, '/echo 12s..17s'")
    .option("--tls", "the same with TLS on the next port")
    .option("--tls-port <port>", "with TLS on this port")
    .option("--grpc", "gRPC on the port after that, and with --tls by TLS on the one behind")
    .option("--grpc-port <port>", "gRPC on this port, and with --tls by TLS on the next")
    .option("--ca-out <file>", "where the certificate goes that vouches for TLS", "practice-ca.pem")
    .option("-q, --quiet", "print only the addresses")
    .action(async (options) => {
      const { serve } = await import("./commands/serve.ts");
      done(await serve({ ...options, quiet: options.quiet === true }));
    });

  program.command("explain").argument(
    "[code]",
    "Z1204, Z3201, connect.refused, 97 …; without one, all are listed",
  )
    .description("explain a diagnostic, an error of a request, or an exit code")
    .addOption(noColor())
    .action(async (code, options) => {
      const { explain } = await import("./commands/explain.ts");
      done(explain(code, color(options)));
    });

  return program;
}

/** Wider lines are harder to read. */
function helpWidth(): number {
  return Deno.stdout.isTerminal() ? Math.min(100, terminalSize().columns) : 100;
}

/** Flags that change what a plan says, for commander. */
function planFlags(command: Command): Command {
  return command
    .addOption(env())
    .addOption(
      again(
        "--base <url>",
        "send to this scheme, host and port instead of the plan's; NAME=URL: of target NAME",
      ),
    )
    .option("--seed <n>", "another seed: other draws, the same plan otherwise")
    .option("--transport <name>", "socket, fetch or epoll")
    .option("--json", "print JSON instead of text")
    .addOption(noColor());
}

/** The flags of a run (`RUN_FLAGS`), for commander. */
function runFlags(command: Command): Command {
  return planFlags(command)
    .option("--shard <i/n>", "the i-th of n parts, each on a machine of its own")
    .option("--start-at <time>", "begin the load then: 2026-11-21T20:15:00Z, or +30s")
    .option("--workers <n>", "divide the run among n threads, a ledger each")
    .option("-o, --out <dir>", "folder for ledger and reports", OUT_FOLDER)
    .option("--report <list>", `also write reports beside the ledger: ${REPORTS.join(", ")}`)
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
  return options.color && !Deno.noColor && !isDumb();
}

type Flags = {
  base?: string[];
  seed?: string;
  transport?: string;
  shard?: string;
  startAt?: string;
  workers?: string;
  out?: string;
  report?: string;
  json?: boolean;
  quiet?: boolean;
  color: boolean;
  dryRun?: boolean;
};

function runOptions(flags: Flags): RunOptions {
  return {
    base: flags.base ?? [],
    seed: flags.seed ?? null,
    transport: flags.transport ?? null,
    shard: flags.shard ?? null,
    startAt: flags.startAt ?? null,
    workers: flags.workers ?? null,
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
  with?: ("socket" | "fetch" | "epoll")[];
  allowHost?: string[];
  allowAnyHost?: boolean;
  outDir: string;
  color: boolean;
}): BuildOptions {
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
