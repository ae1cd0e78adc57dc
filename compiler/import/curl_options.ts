/** The options of curl that a scenario has an answer to, and those that make no difference to what is sent. */

export type Effect =
  | "request"
  | "header"
  | "data"
  | "data-raw"
  | "data-binary"
  | "data-urlencode"
  | "json"
  | "form"
  | "form-string"
  | "url-query"
  | "user"
  | "bearer"
  | "cookie"
  | "cookie-jar"
  | "agent"
  | "referer"
  | "get"
  | "head"
  | "compressed"
  | "location"
  | "max-redirs"
  | "max-time"
  | "retry"
  | "range"
  | "upload"
  | "url"
  | "next"
  /** No difference to what is sent. */
  | "silent"
  /** A difference that a scenario cannot make, or makes elsewhere: noted. */
  | "noted";

export type CurlOption = Readonly<
  { name: string; short: string; takesValue: boolean; effect: Effect; why: string }
>;

type Row = readonly [names: string, takesValue: 0 | 1, effect: Effect, why?: string];

const TLS = "certificates and keys of TLS are a matter of the machine that runs the test";
const PROXY = "z6c speaks to the target itself";
const ROWS: readonly Row[] = [
  ["request X", 1, "request"],
  ["header H", 1, "header"],
  ["data d", 1, "data"],
  ["data-ascii", 1, "data"],
  ["data-raw", 1, "data-raw"],
  ["data-binary", 1, "data-binary"],
  ["data-urlencode", 1, "data-urlencode"],
  ["json", 1, "json"],
  ["form F", 1, "form"],
  ["form-string", 1, "form-string"],
  ["url-query", 1, "url-query"],
  ["user u", 1, "user"],
  ["oauth2-bearer", 1, "bearer"],
  ["cookie b", 1, "cookie"],
  ["cookie-jar c", 1, "cookie-jar"],
  ["user-agent A", 1, "agent"],
  ["referer e", 1, "referer"],
  ["get G", 0, "get"],
  ["head I", 0, "head"],
  ["compressed", 0, "compressed"],
  ["location L", 0, "location"],
  ["location-trusted", 0, "location"],
  ["max-redirs", 1, "max-redirs"],
  ["max-time m", 1, "max-time"],
  ["retry", 1, "retry"],
  ["range r", 1, "range"],
  ["upload-file T", 1, "upload"],
  ["url", 1, "url"],
  ["next :", 0, "next"],
  ...silent(
    0,
    "silent s",
    "show-error S",
    "verbose v",
    "include i",
    "show-headers",
    "remote-name O",
    "remote-name-all",
  ),
  ...silent(
    0,
    "progress-bar #",
    "no-progress-meter",
    "fail f",
    "fail-with-body",
    "fail-early",
    "no-buffer N",
    "globoff g",
  ),
  ...silent(
    0,
    "path-as-is",
    "http1.1",
    "basic",
    "no-keepalive",
    "tcp-nodelay",
    "create-dirs",
    "remote-header-name J",
  ),
  ...silent(
    0,
    "remote-time R",
    "styled-output",
    "parallel Z",
    "disable q",
    "junk-session-cookies j",
    "trace-time",
    "ipv4 4",
  ),
  ...silent(
    0,
    "ipv6 6",
    "post301",
    "post302",
    "post303",
    "raw",
    "tr-encoding",
    "ssl-reqd",
    "tlsv1.2",
    "tlsv1.3",
    "tlsv1 1",
  ),
  ...silent(
    1,
    "output o",
    "write-out w",
    "dump-header D",
    "stderr",
    "trace",
    "trace-ascii",
    "output-dir",
    "keepalive-time",
  ),
  [
    "insecure k",
    0,
    "noted",
    "certificates are checked all the same; for a test target, trust its authority on the machine",
  ],
  ["connect-timeout", 1, "noted", "timeout covers the whole request"],
  ["http2", 0, "noted", "z6c speaks HTTP/1.1"],
  ["http2-prior-knowledge", 0, "noted", "z6c speaks HTTP/1.1"],
  ["http3", 0, "noted", "z6c speaks HTTP/1.1"],
  ["http3-only", 0, "noted", "z6c speaks HTTP/1.1"],
  ["http1.0 0", 0, "noted", "z6c speaks HTTP/1.1"],
  ...noted(0, "credentials of this scheme depend on the response", "digest", "ntlm", "negotiate", "anyauth"),
  ...noted(1, "signatures are not computed; set the headers they end up in", "aws-sigv4"),
  ...noted(
    1,
    TLS,
    "cacert",
    "capath",
    "cert E",
    "cert-type",
    "key",
    "key-type",
    "pass",
    "ciphers",
    "tls-max",
    "pinnedpubkey",
  ),
  ...noted(
    1,
    PROXY,
    "proxy x",
    "proxy-user U",
    "noproxy",
    "proxy-header",
    "preproxy",
    "socks5",
    "socks5-hostname",
    "socks4",
  ),
  ...noted(
    1,
    "hosts are looked up by the machine",
    "resolve",
    "connect-to",
    "dns-servers",
    "doh-url",
    "interface",
    "unix-socket",
  ),
  ...noted(
    1,
    "the load decides how fast requests are sent",
    "limit-rate",
    "rate",
    "speed-limit Y",
    "speed-time y",
  ),
  ...noted(1, "retry says how often and when", "retry-delay", "retry-max-time"),
  ...noted(0, "retry says how often and when", "retry-all-errors", "retry-connrefused"),
  ...noted(1, "options in files are not read", "config K"),
  ...noted(0, "options in files are not read", "netrc n", "netrc-optional"),
  ...noted(
    1,
    "it depends on files of the machine",
    "time-cond z",
    "continue-at C",
    "netrc-file",
    "etag-save",
    "etag-compare",
  ),
  ...noted(
    1,
    "a scenario has no use for it",
    "max-filesize",
    "local-port",
    "parallel-max",
    "request-target",
    "expect100-timeout",
  ),
  ...noted(
    1,
    "a scenario has no use for it",
    "proto",
    "proto-default",
    "proto-redir",
    "quote Q",
    "ftp-port P",
    "telnet-option t",
  ),
];

const OPTIONS: readonly CurlOption[] = ROWS.map(([names, takesValue, effect, why = ""]) => {
  const [name = "", short = ""] = names.split(" ");
  return { name, short, takesValue: takesValue === 1, effect, why };
});

/** The option `--NAME`, or `--no-NAME`, which only ever switches something off again. */
export function longOption(name: string): CurlOption | undefined {
  const found = OPTIONS.find((option) => option.name === name);
  if (found !== undefined || !name.startsWith("no-")) return found;
  return longOption(name.slice(3)) === undefined
    ? undefined
    : { name, short: "", takesValue: false, effect: "silent", why: "" };
}

/** The option of one letter. */
export function shortOption(letter: string): CurlOption | undefined {
  return OPTIONS.find((option) => option.short === letter);
}

function silent(takesValue: 0 | 1, ...names: string[]): Row[] {
  return names.map((name) => [name, takesValue, "silent"]);
}

function noted(takesValue: 0 | 1, why: string, ...names: string[]): Row[] {
  return names.map((name) => [name, takesValue, "noted", why]);
}
