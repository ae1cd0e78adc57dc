import { NONE } from "../ledger/record.ts";

/** An operand of a record is a u32: what is larger (71 minutes, 4 GiB) is written as the largest below NONE. */
export function operand(value: number): number {
  return Math.min(value, NONE - 1);
}
