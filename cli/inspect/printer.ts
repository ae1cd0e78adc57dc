/** Lines to standard output, many at once. */
export class Printer implements Disposable {
  #lines: string[] = [];

  /** Throws `Deno.errors.BrokenPipe` where nobody reads on. */
  print(lines: readonly string[]): void {
    for (const line of lines) this.#lines.push(line);
    if (this.#lines.length >= 500) this.flush();
  }

  flush(): void {
    if (this.#lines.length === 0) return;
    const bytes = new TextEncoder().encode(this.#lines.join("\n") + "\n");
    this.#lines = [];
    for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
  }

  [Symbol.dispose](): void {
    this.flush();
  }
}
