/** What an octet may be part of (RFC 9110 sections 5.5, 5.6.2), and the octets that the grammar names. */

export const HTAB = 9;
export const LF = 10;
export const CR = 13;
export const SP = 32;
export const COMMA = 44;
export const COLON = 58;
export const SEMICOLON = 59;

/** May stand in a token: a header's name. */
export const TOKEN = 1;
/** May stand in a header's value or a reason phrase: visible, space, tab, and 128 to 255. */
export const TEXT = 2;

/** The sum of `TOKEN` and `TEXT` that an octet is. */
export const OCTET: Readonly<Uint8Array> = Uint8Array.from({ length: 256 }, (_, octet) => {
  const isText = octet === HTAB || (octet >= SP && octet !== 127);
  const isToken = /[!#$%&'*+.^_`|~0-9A-Za-z-]/.test(String.fromCharCode(octet));
  return (isText ? TEXT : 0) + (isToken ? TOKEN : 0);
});

/** The value of a hexadecimal digit, or −1. */
export function hexDigit(octet: number): number {
  if (octet >= 48 && octet <= 57) return octet - 48;
  const lower = octet | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/** The octets of an ASCII text. */
export function octetsOf(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** Whether bytes[at, end) are `word`, which is in lower case, whatever the case of the bytes. */
export function isWord(bytes: Uint8Array, at: number, end: number, word: Uint8Array): boolean {
  if (end - at !== word.length) return false;
  for (let i = 0; i < word.length; i++) {
    const octet = bytes[at + i];
    const lower = octet >= 65 && octet <= 90 ? octet + 32 : octet;
    if (lower !== word[i]) return false;
  }
  return true;
}
