import type { RunOptions } from "../../runtime/command_line.ts";
import { epollTransport } from "../../runtime/host/epoll.ts";
import { fetchTransport } from "../../runtime/host/fetch.ts";
import { socketTransport } from "../../runtime/host/socket.ts";
import { runPlan } from "../../runtime/main.ts";
import { canonicalPlan, planOf } from "../scenario.ts";

/** The same run as the executable's, without building it. */
export async function run(file: string, given: readonly string[], options: RunOptions): Promise<number> {
  return runPlan(
    canonicalPlan(await planOf(file, given, options.color)),
    [socketTransport, fetchTransport, epollTransport],
    options,
    import.meta.resolve("../run_worker.ts"),
  );
}
