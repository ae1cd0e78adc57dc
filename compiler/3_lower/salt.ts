/** Salts of steps and data tables: they key random draws by a name, so that neighbours may come and go. */

/** FNV-1a of the text's UTF-8, 32 bits (draft-eastlake-fnv, section 2). */
export function fnv1a32(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

/**
 * One salt a name (`flow/step`, `data/table`), all different. Where two hashes meet, the later name is hashed again with `#2`,
 * `#3` … behind it, so that the earlier one keeps its draws. 0, 1 and 2 are left to draws that belong to
 * neither.
 */
export function salts(names: readonly string[]): number[] {
  const taken = new Set([0, 1, 2]);
  return names.map((name) => {
    let salt = fnv1a32(name);
    for (let attempt = 2; taken.has(salt); attempt++) salt = fnv1a32(`${name}#${attempt}`);
    taken.add(salt);
    return salt;
  });
}
