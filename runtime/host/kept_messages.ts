/** Together at most so many bytes, and so many messages: beyond that the oldest go. The newest always stays. */
const BYTES_MAX = 1024 * 1024;
const MESSAGES_MAX = 4096;

/** Messages that came before somebody asked for them, in their order. */
export class KeptMessages {
  readonly #messages: Uint8Array[] = [];
  /** Those before it are gone. */
  #first = 0;
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#first === this.#messages.length;
  }

  /** Keeps a copy. */
  add(message: Uint8Array): void {
    this.#messages.push(message.slice());
    this.#bytes += message.length;
    while (this.#count > 1 && (this.#bytes > BYTES_MAX || this.#count > MESSAGES_MAX)) this.take();
  }

  /** The oldest, which is kept no longer; null where there is none. */
  take(): Uint8Array | null {
    if (this.isEmpty) return null;
    const message = this.#messages[this.#first++];
    this.#bytes -= message.length;
    if (this.isEmpty) this.clear();
    else if (this.#first > MESSAGES_MAX) {
      this.#messages.splice(0, this.#first);
      this.#first = 0;
    }
    return message;
  }

  clear(): void {
    this.#messages.length = 0;
    this.#first = 0;
    this.#bytes = 0;
  }

  get #count(): number {
    return this.#messages.length - this.#first;
  }
}
