import { fileURLToPath } from "node:url";
import { terminalSize } from "../../runtime/live/terminal_size.ts";
import { EXIT } from "../../runtime/reduce/exit_codes.ts";
import { duration } from "../../runtime/report/format.ts";
import { UserError } from "../../runtime/user_error.ts";
import { VERSION } from "../../runtime/version.ts";
import { adviceFor } from "../selftest/advice.ts";
import { type TransportFindings, verdictOf } from "../selftest/findings.ts";
import { machineFacts } from "../selftest/machine.ts";
import { measureTransport, secondsInAll, TRANSPORTS } from "../selftest/measure.ts";
import { findingsText } from "../selftest/text.ts";

/** `seconds`: how long each stretch takes. */
export type SelftestOptions = Readonly<{ seconds: string; json: boolean; color: boolean }>;

const [LEAST_SECONDS, MOST_SECONDS] = [0.1, 60];

/** Measures this machine, says what it is good for and what to change. Throws `UserError`. */
export async function selftest({ seconds: text, json, color }: SelftestOptions): Promise<number> {
  const seconds = readSeconds(text);
  const machine = machineFacts();
  const told = duration(secondsInAll(seconds) * 1_000_000, 2);
  console.error(`measuring for about ${told}; leave the machine alone meanwhile`);
  const transports = await measureAll(seconds);
  const verdict = verdictOf(transports);
  const advice = adviceFor(machine, transports);
  const findings = {
    format: 1,
    z6c: VERSION,
    deno: Deno.version.deno,
    machine,
    transports,
    advice,
    verdict,
  } as const;
  console.log(
    json
      ? JSON.stringify(findings, null, 2)
      : findingsText(findings, { width: terminalSize().columns, color: color && Deno.stdout.isTerminal() }),
  );
  return verdict === null ? EXIT.error : EXIT.passed;
}

function readSeconds(text: string): number {
  const seconds = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && seconds >= LEAST_SECONDS && seconds <= MOST_SECONDS) return seconds;
  throw new UserError(
    `--seconds ${JSON.stringify(text)} is no number from ${LEAST_SECONDS} to ${MOST_SECONDS}`,
    EXIT.badInput,
  );
}

async function measureAll(seconds: number): Promise<TransportFindings[]> {
  using interrupt = new Interrupt();
  await using server = await startServer();
  const folder = Deno.makeTempDirSync({ prefix: "z6c-selftest-" });
  try {
    const all: TransportFindings[] = [];
    for (const [at, module] of TRANSPORTS.entries()) {
      console.error(`${at + 1}/${TRANSPORTS.length}  ${module.name}`);
      all.push(await measureTransport(module, server.port, seconds, folder, interrupt.signal));
    }
    return all;
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Hears Ctrl-C until disposed of. */
class Interrupt implements Disposable {
  readonly #controller = new AbortController();
  readonly #signals: readonly Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT"]
    : ["SIGINT", "SIGTERM"];
  readonly #heard = () => this.#controller.abort();

  constructor() {
    for (const signal of this.#signals) Deno.addSignalListener(signal, this.#heard);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    for (const signal of this.#signals) Deno.removeSignalListener(signal, this.#heard);
  }
}

/** The server in a process of its own, which ends with its standard input, and so with this process. */
async function startServer(): Promise<AsyncDisposable & Readonly<{ port: number }>> {
  const module = fileURLToPath(import.meta.resolve("../selftest/answering_server.ts"));
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-config", "--no-lock", "--no-prompt", "--allow-net=127.0.0.1", module],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let told = "";
  while (!told.includes("\n")) {
    const { value, done } = await output.read();
    if (done) throw new UserError("the server that is to be measured against did not start", EXIT.error);
    told += value;
  }
  return {
    port: Number(told),
    async [Symbol.asyncDispose]() {
      await child.stdin.close();
      await output.cancel();
      await child.status;
    },
  };
}
