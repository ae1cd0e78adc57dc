/**
 * Deno's flags for every executable, whatever its form.
 *
 * Garbage is collected by the thread that made it: on a core of its own the generator is otherwise held up by its
 * collector's threads for the system's time slice, some milliseconds (docs/performance.md). With a code cache it
 * would write into the temporary folder, and starts no faster.
 */
export const RUNTIME_FLAGS: readonly string[] = ["--no-code-cache", "--v8-flags=--single-threaded-gc"];
