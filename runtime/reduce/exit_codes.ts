/** How z6c and its executables end. The one home of these numbers. */
export const EXIT = {
  /** Every threshold held, or there was none. */
  passed: 0,
  /** Anything that has no number of its own. */
  error: 1,
  /** The measurement cannot be trusted: the generator was the bottleneck, or the ledger is not whole. */
  invalid: 97,
  /** A threshold was missed, a step stopped the run, or the target answered nothing. */
  failed: 99,
  /** The scenario or the arguments are wrong; nothing was sent. */
  badInput: 104,
  /** Somebody stopped the run before its end. */
  interrupted: 105,
} as const;
