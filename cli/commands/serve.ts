import { EXIT } from "../../runtime/reduce/exit_codes.ts";
import { UserError } from "../../runtime/user_error.ts";
import { PRACTICE_PATHS } from "../practice_paths.ts";
import { PRACTICE_HEADERS, type PracticeServer, startPracticeServer } from "../practice_server.ts";

/** As they stand on the command line. */
export type ServeOptions = Readonly<{ port: string; host: string; seed: string; quiet: boolean }>;

/** Serves until Ctrl-C or a request to end. The first line says where, for people and programs alike. */
export async function serve(options: ServeOptions): Promise<number> {
  const server = start(options);
  console.log(`listening on ${server.url}`);
  if (!options.quiet && Deno.stdout.isTerminal()) console.log(`\n${practiceTable()}\n\nCtrl-C ends it.`);
  await askedToEnd();
  await server.stop();
  return EXIT.passed;
}

/** What the practice server offers, one line each. */
export function practiceTable(): string {
  const rows = [...PRACTICE_PATHS.values(), ...PRACTICE_HEADERS];
  const width = Math.max(...rows.map(({ shown }) => shown.length));
  const line = ({ shown, does }: { shown: string; does: string }) => `  ${shown.padEnd(width)}  ${does}`;
  const paths = [...PRACTICE_PATHS.values()].map(line).join("\n");
  return `Paths:\n${paths}\nRequest headers, on any path:\n${PRACTICE_HEADERS.map(line).join("\n")}`;
}

function start({ port, host, seed }: ServeOptions): PracticeServer {
  const portNumber = numberIn("--port", port, 65_535);
  const seedNumber = numberIn("--seed", seed, Number.MAX_SAFE_INTEGER);
  const where = `cannot listen on ${host}:${port}`;
  try {
    return startPracticeServer({ port: portNumber, host, seed: seedNumber });
  } catch (cause) {
    if (cause instanceof Deno.errors.AddrInUse) {
      const wayOut = "choose another with --port, or any free one with --port 0";
      throw new UserError(`${where}: another program listens there; ${wayOut}`, EXIT.error);
    }
    if (cause instanceof Deno.errors.PermissionDenied) {
      throw new UserError(
        `${where}: the system does not allow that port; choose one from 1024 up with --port`,
        EXIT.error,
      );
    }
    throw new UserError(
      `${where}: ${cause instanceof Error ? cause.message : cause}; --host wants an address of this machine`,
      EXIT.error,
    );
  }
}

function numberIn(flag: string, text: string, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > most) {
    throw new UserError(
      `${flag} ${JSON.stringify(text)} is no whole number from 0 to ${most}`,
      EXIT.badInput,
    );
  }
  return value;
}

/** Resolves at Ctrl-C, or where the system asks the program to end. */
function askedToEnd(): Promise<void> {
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  return new Promise((resolve) => {
    const end = () => {
      for (const signal of signals) Deno.removeSignalListener(signal, end);
      resolve();
    };
    for (const signal of signals) Deno.addSignalListener(signal, end);
  });
}
