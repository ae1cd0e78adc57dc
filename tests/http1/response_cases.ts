/** For tests: responses by the letter of RFC 9110 and RFC 9112, and hostile ones. */
import type { Failure } from "../../runtime/protocol/parsed.ts";

export type ResponseCase = Readonly<{
  name: string;
  wire: string;
  /** The response is to HEAD. */
  head?: true;
  /** The peer closes behind the last byte. */
  closes?: true;
  /** How many of the last bytes must be left to the next response, or are not looked at after a failure. */
  left?: number;
  expect:
    | "more"
    | Readonly<{ failure: Failure }>
    | Readonly<{ status: number; body: string; keepAlive: boolean }>;
}>;

const more = "more" as const;
const failure = (name: Failure) => ({ failure: name });
const header = failure("protocol.header");
const statusLine = failure("protocol.status-line");
const badLength = failure("protocol.content-length");
const coding = failure("protocol.transfer-encoding");
const chunk = failure("protocol.chunk");
const closed = failure("receive.closed");
const kept = (body: string, status = 200) => ({ status, body, keepAlive: true });
const last = (body: string, status = 200) => ({ status, body, keepAlive: false });

const OK = "HTTP/1.1 200 OK\r\n";
const OK10 = "HTTP/1.0 200 OK\r\n";
const TE = "Transfer-Encoding: chunked\r\n";
const CHUNKED = OK + TE + "\r\n";
const FIVE = "5\r\nhello\r\n";
/** A response of one extra header and the body "hello". */
const hello = (field: string) => `${OK}${field}Content-Length: 5\r\n\r\nhello`;
const emptyOf = (statusText: string) => `${statusText}\r\nContent-Length: 0\r\n\r\n`;

// deno-fmt-ignore
export const CASES: readonly ResponseCase[] = [
  // Status line: RFC 9112 section 4
  { name: "plain", wire: hello(""), expect: kept("hello") },
  { name: "no reason", wire: emptyOf("HTTP/1.1 200 "), expect: kept("") },
  { name: "no space before the empty reason", wire: emptyOf("HTTP/1.1 200"), expect: kept("") },
  { name: "reason with tab and octets above 127", wire: emptyOf("HTTP/1.1 200 \xe9t\xe9\t!"), expect: kept("") },
  { name: "minor version above 1", wire: emptyOf("HTTP/1.7 200 OK"), expect: kept("") },
  { name: "status 599", wire: emptyOf("HTTP/1.1 599 X"), expect: kept("", 599) },
  { name: "status 999", wire: emptyOf("HTTP/1.1 999 X"), expect: kept("", 999) },
  { name: "status 099", wire: emptyOf("HTTP/1.1 099 X"), left: 21, expect: statusLine },
  { name: "status of two digits", wire: emptyOf("HTTP/1.1 20 OK"), left: 21, expect: statusLine },
  { name: "status of four digits", wire: emptyOf("HTTP/1.1 2000 OK"), left: 21, expect: statusLine },
  { name: "status with a sign", wire: emptyOf("HTTP/1.1 +20 OK"), left: 21, expect: statusLine },
  { name: "status with a letter", wire: emptyOf("HTTP/1.1 2x0 OK"), left: 21, expect: statusLine },
  { name: "two spaces before the status", wire: emptyOf("HTTP/1.1  200 OK"), left: 21, expect: statusLine },
  { name: "tab before the status", wire: emptyOf("HTTP/1.1\t200 OK"), left: 21, expect: statusLine },
  { name: "no status", wire: emptyOf("HTTP/1.1"), left: 21, expect: statusLine },
  { name: "control character in the reason", wire: emptyOf("HTTP/1.1 200 O\x01K"), left: 21, expect: statusLine },
  { name: "bare CR in the reason", wire: emptyOf("HTTP/1.1 200 O\rK"), left: 21, expect: statusLine },
  { name: "two CRs end the status line", wire: emptyOf("HTTP/1.1 200 OK\r"), left: 21, expect: statusLine },
  { name: "letter as the minor version", wire: emptyOf("HTTP/1.x 200 OK"), left: 21, expect: statusLine },
  { name: "minor version of two digits", wire: emptyOf("HTTP/1.10 200 OK"), left: 21, expect: statusLine },
  { name: "HTTP/2.0", wire: "HTTP/2.0 200 OK\r\n\r\n", left: 13, expect: statusLine },
  { name: "name in lower case", wire: "http/1.1 200 OK\r\n\r\n", left: 18, expect: statusLine },
  { name: "an alert of TLS", wire: "\x15\x03\x01\x00\x02\x02\x0a", left: 6, expect: statusLine },
  { name: "HTTP/0.9", wire: "<html>", left: 5, expect: statusLine },
  { name: "empty line before the status line", wire: "\r\n" + hello(""), left: hello("").length + 1, expect: statusLine },
  { name: "beginning of a status line", wire: "HTTP/1.1 20", expect: more },
  { name: "close before the first byte", wire: "", closes: true, expect: closed },
  { name: "close within the status line", wire: "HTTP/1.1 20", closes: true, expect: closed },

  // Line ends: RFC 9112 section 2.2
  { name: "lone LFs in the head", wire: "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", expect: kept("hello") },
  { name: "LF and CR LF mixed", wire: "HTTP/1.1 200 OK\nContent-Length: 5\r\n\nhello", expect: kept("hello") },
  { name: "two CRs end a header", wire: `${OK}A: b\r\r\n\r\n`, left: 2, expect: header },
  { name: "CR and no LF at the empty line", wire: `${OK}\rA: b\r\n\r\n`, left: 2, expect: header },

  // Header lines: RFC 9112 section 5
  { name: "every kind of token character", wire: hello("!#$%&'*+-.^_`|~09azAZ: x\r\n"), expect: kept("hello") },
  { name: "empty value", wire: hello("X-Empty:\r\n"), expect: kept("hello") },
  { name: "no white space, and much", wire: `${OK}A:b\r\nContent-Length: \t 5 \t \r\n\r\nhello`, expect: kept("hello") },
  { name: "value of octets above 127", wire: hello("X: \x80\xff\r\n"), expect: kept("hello") },
  { name: "colons in a value", wire: hello("X: a:b::c\r\n"), expect: kept("hello") },
  { name: "space before the colon", wire: `${OK}Content-Length : 5\r\n\r\nhello`, left: 7, expect: header },
  { name: "tab before the colon", wire: `${OK}A\t: 5\r\n\r\n`, left: 2, expect: header },
  { name: "space before the first header", wire: `${OK} A: b\r\n\r\n`, left: 2, expect: header },
  { name: "space alone before the first header", wire: `${OK} \r\nA: b\r\n\r\n`, left: 8, expect: header },
  { name: "no name", wire: `${OK}: b\r\n\r\n`, left: 2, expect: header },
  { name: "no colon", wire: `${OK}abc\r\n\r\n`, left: 2, expect: header },
  { name: "name with a separator", wire: `${OK}a(b): c\r\n\r\n`, left: 2, expect: header },
  { name: "name with an octet above 127", wire: `${OK}\xe9: c\r\n\r\n`, left: 2, expect: header },
  { name: "NUL in a name", wire: `${OK}a\0b: c\r\n\r\n`, left: 2, expect: header },
  { name: "NUL in a value", wire: `${OK}a: b\0c\r\n\r\n`, left: 2, expect: header },
  { name: "bare CR in a value", wire: `${OK}a: b\rContent-Length: 5\r\n\r\n`, left: 2, expect: header },
  { name: "DEL in a value", wire: `${OK}a: b\x7f\r\n\r\n`, left: 2, expect: header },
  { name: "malformed line without an end", wire: `${OK}a b`, expect: more },
  { name: "close within a header", wire: `${OK}Content-Le`, closes: true, expect: closed },
  { name: "close before the empty line", wire: `${OK}Content-Length: 0\r\n`, closes: true, expect: closed },
  { name: "folded value", wire: hello("X: a\r\n b\r\n\tc\r\n"), expect: kept("hello") },
  { name: "length in a folded line", wire: `${OK}Content-Length:\r\n 5\r\n\r\nhello`, expect: kept("hello") },
  { name: "length continued by a fold", wire: `${OK}Content-Length: 5\r\n 0\r\n\r\n`, expect: badLength },
  { name: "fold hides a header", wire: `${OK}X: a\r\n Content-Length: 9\r\nContent-Length: 5\r\n\r\nhello`, expect: kept("hello") },
  { name: "folded close", wire: hello("Connection: x,\n close\n"), expect: last("hello") },
  { name: "fold of white space alone", wire: hello("X: a\r\n \r\n"), expect: kept("hello") },
  { name: "control character in a fold", wire: `${OK}X: a\r\n \x02\r\n\r\n`, left: 2, expect: header },

  // Content-Length: RFC 9110 section 8.6, RFC 9112 section 6.3
  { name: "length 0", wire: emptyOf("HTTP/1.1 200 OK"), expect: kept("") },
  { name: "name in any case", wire: `${OK}cOnTeNt-LeNgTh: 5\r\n\r\nhello`, expect: kept("hello") },
  { name: "leading zeros", wire: `${OK}Content-Length: 0000000000000000000005\r\n\r\nhello`, expect: kept("hello") },
  { name: "equal lengths in a list", wire: `${OK}Content-Length: 5, 5 ,05\r\n\r\nhello`, expect: kept("hello") },
  { name: "equal lengths in two lines", wire: hello("Content-Length: 5\r\n"), expect: kept("hello") },
  { name: "differing lengths in a list", wire: `${OK}Content-Length: 5, 6\r\n\r\nhello`, left: 5, expect: badLength },
  { name: "differing lengths in two lines", wire: hello("Content-Length: 6\r\n"), left: 5, expect: badLength },
  { name: "bad length, then two good ones", wire: hello("Content-Length: x\r\nContent-Length: 5\r\n"), left: 5, expect: badLength },
  { name: "plus sign", wire: `${OK}Content-Length: +5\r\n\r\nhello`, left: 5, expect: badLength },
  { name: "minus sign", wire: `${OK}Content-Length: -5\r\n\r\nhello`, left: 5, expect: badLength },
  { name: "empty length", wire: `${OK}Content-Length:\r\n\r\nhello`, left: 5, expect: badLength },
  { name: "list with an empty element", wire: `${OK}Content-Length: 5,\r\n\r\nhello`, left: 5, expect: badLength },
  { name: "hexadecimal length", wire: `${OK}Content-Length: 0x5\r\n\r\nhello`, left: 5, expect: badLength },
  { name: "length with a fraction", wire: `${OK}Content-Length: 5.0\r\n\r\nhello`, left: 5, expect: badLength },
  { name: "two numbers without a comma", wire: `${OK}Content-Length: 5 5\r\n\r\nhello`, left: 5, expect: badLength },
  { name: "length of 2^53 - 1", wire: `${OK}Content-Length: 9007199254740991\r\n\r\nhello`, expect: failure("too-large.body") },
  { name: "length of 2^53", wire: `${OK}Content-Length: 9007199254740992\r\n\r\nhello`, left: 5, expect: badLength },
  { name: "length of 2^64 + 5", wire: `${OK}Content-Length: 18446744073709551621\r\n\r\nhello`, left: 5, expect: badLength },
  { name: "close within the body", wire: `${OK}Content-Length: 6\r\n\r\nhello`, closes: true, expect: closed },
  { name: "body not whole", wire: `${OK}Content-Length: 6\r\n\r\nhello`, expect: more },
  { name: "another response behind it", wire: hello("") + hello(""), left: hello("").length, expect: kept("hello") },
  { name: "length in the name of another header", wire: `${OK}XContent-Length: 9\r\nContent-Lengthy: 9\r\nContent-Length: 0\r\n\r\n`, expect: kept("") },
  { name: "a name as long as content-length", wire: hello("Content_Length: 9\r\n"), expect: kept("hello") },

  // Responses without a body: RFC 9112 section 6.3 rule 1
  { name: "HEAD with a length", wire: `${OK}Content-Length: 5\r\n\r\n`, head: true, expect: kept("") },
  { name: "HEAD with chunked", wire: CHUNKED, head: true, expect: kept("") },
  { name: "HEAD without either", wire: `${OK}\r\n`, head: true, expect: kept("") },
  { name: "HEAD with a bad length", wire: `${OK}Content-Length: x\r\n\r\n`, head: true, expect: kept("") },
  { name: "204", wire: "HTTP/1.1 204 No Content\r\n\r\n", expect: kept("", 204) },
  { name: "204 with a length", wire: "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello", left: 5, expect: kept("", 204) },
  { name: "304 with a length", wire: "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", expect: kept("", 304) },
  { name: "304 with chunked", wire: `HTTP/1.1 304 Not Modified\r\n${TE}\r\n`, expect: kept("", 304) },
  { name: "205 has a body like any other", wire: "HTTP/1.1 205 Reset Content\r\nContent-Length: 1\r\n\r\nx", expect: kept("x", 205) },

  // Interim responses: RFC 9110 section 15.2
  { name: "100", wire: "HTTP/1.1 100 Continue\r\n\r\n" + hello(""), expect: kept("hello") },
  { name: "103 with headers that frame nothing", wire: `HTTP/1.1 103 Early Hints\r\nContent-Length: 9\r\nConnection: close\r\n${TE}\r\n` + hello(""), expect: kept("hello") },
  { name: "many interim responses", wire: "HTTP/1.1 102 Processing\r\n\r\n".repeat(9) + hello(""), expect: kept("hello") },
  { name: "interim response alone", wire: "HTTP/1.1 100 Continue\r\n\r\n", expect: more },
  { name: "close behind an interim response", wire: "HTTP/1.1 100 Continue\r\n\r\n", closes: true, expect: closed },
  { name: "100 to HEAD", wire: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", head: true, expect: kept("") },
  { name: "empty line behind an interim response", wire: "HTTP/1.1 100 Continue\r\n\r\n\r\nHTTP/1.1", left: 9, expect: statusLine },
  { name: "101", wire: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nbytes", left: 5, expect: failure("protocol.upgrade") },

  // Transfer-Encoding: RFC 9112 sections 6.1, 7
  { name: "chunked", wire: CHUNKED + FIVE + "0\r\n\r\n", expect: kept("hello") },
  { name: "chunked in any case", wire: `${OK}TRANSFER-encoding:  CHUNked\r\n\r\n${FIVE}0\r\n\r\n`, expect: kept("hello") },
  { name: "empty elements beside chunked", wire: `${OK}Transfer-Encoding: , chunked ,,\r\n\r\n0\r\n\r\n`, expect: kept("") },
  { name: "chunked beside a length", wire: `${OK}Content-Length: 3\r\n${TE}\r\n${FIVE}0\r\n\r\n`, expect: last("hello") },
  { name: "chunked beside a bad length", wire: `${OK}${TE}Content-Length: x\r\n\r\n${FIVE}0\r\n\r\n`, expect: last("hello") },
  { name: "chunked in HTTP/1.0", wire: `${OK10}${TE}Connection: keep-alive\r\n\r\n${FIVE}0\r\n\r\n`, expect: last("hello") },
  { name: "gzip", wire: `${OK}Transfer-Encoding: gzip\r\n\r\n`, expect: coding },
  { name: "gzip, chunked", wire: `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n`, expect: coding },
  { name: "chunked, gzip", wire: `${OK}Transfer-Encoding: chunked, gzip\r\n\r\n`, expect: coding },
  { name: "identity", wire: `${OK}Transfer-Encoding: identity\r\n\r\n`, expect: coding },
  { name: "chunked twice in a list", wire: `${OK}Transfer-Encoding: chunked, chunked\r\n\r\n`, expect: coding },
  { name: "chunked twice in two lines", wire: `${OK}${TE}${TE}\r\n`, expect: coding },
  { name: "chunked with a parameter", wire: `${OK}Transfer-Encoding: chunked;q=1\r\n\r\n`, expect: coding },
  { name: "chunked with a letter more", wire: `${OK}Transfer-Encoding: xchunked\r\n\r\n`, expect: coding },
  { name: "folded into two words", wire: `${OK}Transfer-Encoding: chun\r\n ked\r\n\r\n`, expect: coding },
  { name: "empty coding", wire: `${OK}Transfer-Encoding:\r\n\r\n`, expect: coding },

  // Chunks: RFC 9112 section 7.1
  { name: "many chunks", wire: CHUNKED + "1\r\nh\r\n2\r\nel\r\n2\r\nlo\r\n0\r\n\r\n", expect: kept("hello") },
  { name: "size in both cases, with zeros", wire: `${CHUNKED}00a\r\n0123456789\r\n0B\r\nabcdefghijk\r\n000\r\n\r\n`, expect: kept("0123456789abcdefghijk") },
  { name: "data that looks like framing", wire: `${CHUNKED}7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n`, expect: kept("\r\n0\r\n\r\n") },
  { name: "extensions", wire: `${CHUNKED}5;a=b; c ;d="e;f"\r\nhello\r\n0;last\r\n\r\n`, expect: kept("hello") },
  { name: "white space before an extension and the end", wire: `${CHUNKED}5 \t;a\r\nhello\r\n0  \r\n\r\n`, expect: kept("hello") },
  { name: "trailer", wire: `${CHUNKED}${FIVE}0\r\nX-Sum: 1\r\nContent-Length: 77\r\nConnection: close\r\n\r\n`, expect: kept("hello") },
  { name: "trailer with a lone LF", wire: `${CHUNKED}${FIVE}0\r\nX: 1\n\n`, expect: kept("hello") },
  { name: "another response behind chunks", wire: `${CHUNKED}0\r\n\r\nHTTP/1.1 200`, left: 12, expect: kept("") },
  { name: "malformed trailer", wire: `${CHUNKED}0\r\nno colon\r\n\r\n`, left: 2, expect: header },
  { name: "lone LF behind the size", wire: `${CHUNKED}5\nhello\r\n`, left: 7, expect: chunk },
  { name: "lone LF behind an extension", wire: `${CHUNKED}5;x\nhello\r\n`, left: 7, expect: chunk },
  { name: "CR without LF behind the size", wire: `${CHUNKED}5\rhello`, left: 4, expect: chunk },
  { name: "lone LF behind the data", wire: `${CHUNKED}5\r\nhello\n0\r\n\r\n`, left: 5, expect: chunk },
  { name: "data longer than its size", wire: `${CHUNKED}4\r\nhello\r\n`, left: 2, expect: chunk },
  { name: "CR behind the data, then no LF", wire: `${CHUNKED}5\r\nhello\r0`, expect: chunk },
  { name: "no size", wire: `${CHUNKED}\r\n`, left: 1, expect: chunk },
  { name: "extension without a size", wire: `${CHUNKED};a\r\n`, left: 3, expect: chunk },
  { name: "space before the size", wire: `${CHUNKED} 5\r\n`, left: 3, expect: chunk },
  { name: "sign before the size", wire: `${CHUNKED}-5\r\n`, left: 3, expect: chunk },
  { name: "size with 0x", wire: `${CHUNKED}0x5\r\n`, left: 3, expect: chunk },
  { name: "size behind white space", wire: `${CHUNKED}5 5\r\n`, left: 2, expect: chunk },
  { name: "size of 2^53", wire: `${CHUNKED}20000000000000\r\n`, left: 2, expect: chunk },
  { name: "size of 2^64 + 5", wire: `${CHUNKED}10000000000000005\r\n`, left: 4, expect: chunk },
  { name: "NUL in an extension", wire: `${CHUNKED}5;\0\r\n`, left: 2, expect: chunk },
  { name: "close before the last chunk", wire: CHUNKED + FIVE, closes: true, expect: closed },
  { name: "close within the trailer", wire: `${CHUNKED}0\r\nX: 1\r\n`, closes: true, expect: closed },
  { name: "close before the trailer's empty line", wire: `${CHUNKED}0\r\n`, closes: true, expect: closed },

  // Delimited by close: RFC 9112 section 6.3 rule 8
  { name: "body until close", wire: `${OK}\r\nhello`, closes: true, expect: last("hello") },
  { name: "empty body until close", wire: `${OK}Connection: keep-alive\r\n\r\n`, closes: true, expect: last("") },
  { name: "body before the close", wire: `${OK}\r\nhello`, expect: more },
  { name: "HTTP/1.0 until close", wire: `${OK10}\r\nhello`, closes: true, expect: last("hello") },

  // Persistence: RFC 9112 section 9.3
  { name: "close", wire: hello("Connection: close\r\n"), expect: last("hello") },
  { name: "close in any case", wire: hello("CONNECTION: Close\r\n"), expect: last("hello") },
  { name: "close in a list", wire: hello("Connection: foo ,\tclose , bar\r\n"), expect: last("hello") },
  { name: "close in the second line", wire: hello("Connection: foo\r\nConnection: close\r\n"), expect: last("hello") },
  { name: "close beside keep-alive", wire: hello("Connection: keep-alive, close\r\n"), expect: last("hello") },
  { name: "close as a part of a word", wire: hello("Connection: closed, disclose\r\n"), expect: kept("hello") },
  { name: "close in another header", wire: hello("Konnection: close\r\nX-Connection: close\r\n"), expect: kept("hello") },
  { name: "HTTP/1.0", wire: `${OK10}Content-Length: 5\r\n\r\nhello`, expect: last("hello") },
  { name: "HTTP/1.0 keep-alive", wire: `${OK10}Connection: Keep-Alive\r\nContent-Length: 5\r\n\r\nhello`, expect: kept("hello") },
  { name: "HTTP/1.0 keep-alive and close", wire: `${OK10}Connection: close\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello`, expect: last("hello") },
  { name: "204 with close", wire: "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n", expect: last("", 204) },
];
