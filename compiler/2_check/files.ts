/** Files that a scenario names: the compiler is pure, so they come in through a function. */

/** The content of a file; `path` is as the scenario has it, relative to the scenario's own folder. */
export type ReadFile = (path: string) => Uint8Array | Unreadable;

/** `reason` ends the sentence "users.csv cannot be read: …". */
export type Unreadable = Readonly<{ reason: string }>;
