/** A server in a process of its own that counts what it serves. Stopped by whoever started it. */
export type CountingServer = Readonly<{
  port: number;
  url: string;
  /** How many requests, messages or calls it has served by its own count, questions about that left out. */
  served(): Promise<number>;
  stop(): Promise<void>;
}>;
