/** Headers that a browser makes of its own: they tell of the machine that recorded, not of what the user did. */

const MADE =
  /^(?::|sec-|proxy-|x-forwarded-|access-control-request-|if-)|^(?:accept-encoding|accept-language|accept-charset|user-agent|referer|origin|upgrade-insecure-requests|dnt|pragma|cache-control|priority|purpose|via|x-client-data|x-flash-version|ua-cpu|connection|range)$/;

/** `name` is in lower case. An `accept` that takes anything, or what an element of a page takes, is the browser's. */
export function isBrowserMade(name: string, value: string): boolean {
  return MADE.test(name) || (name === "accept" && /\*\/\*|^(?:text\/html|image\/|text\/css)/.test(value));
}
