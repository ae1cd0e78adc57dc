/** A terminal whose pictures somebody takes in at once: programs may have it for their standard error. */
export type WatchedTerminal =
  & AsyncDisposable
  & Readonly<{
    /** As in `/dev/pts/3`. */
    path: string;
    /** How much has been drawn on it so far. */
    drawnBytes(): number;
  }>;

/** Opens one of `script` (util-linux), 120 columns wide. */
export async function watchedTerminal(script: string): Promise<WatchedTerminal> {
  const holding = "stty cols 120 rows 40 -onlcr; tty; exec sleep infinity";
  const child = new Deno.Command(script, {
    args: ["-qfec", holding, "/dev/null"],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const named = Promise.withResolvers<string>();
  let name = "";
  let drawn = 0;
  const read = (async () => {
    for await (const bytes of child.stdout) {
      if (name.endsWith("\n")) drawn += bytes.length;
      else name += new TextDecoder().decode(bytes);
      if (name.endsWith("\n")) named.resolve(name.trim());
    }
    named.reject(new Error(`${script} gives no terminal`));
  })();
  return {
    path: await named.promise,
    drawnBytes: () => drawn,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
      await read;
    },
  };
}
