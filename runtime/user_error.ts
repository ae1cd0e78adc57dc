/** Something the user can mend: printed as one clear message, without a stack trace. */
export class UserError extends Error {
  override readonly name = "UserError";
  readonly exitCode: number;

  /** `message`: what was attempted, what was found, and the way out. */
  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}
