/** Makes a value when it is first asked for, once. */
export function lazily<T>(make: () => T): () => T {
  let made: Readonly<{ value: T }> | null = null;
  return () => (made ??= { value: make() }).value;
}
