/** Stops the program on a mistake of the programmer. What a file or a sink does wrong never comes here. */
export function assert(condition: boolean, property: string): asserts condition {
  if (!condition) throw new Error(`z6c has a bug: it is not true that ${property}`);
}
