/** nghttpd, the HTTP/2 server of nghttp2. */
import { freePort } from "../running.ts";
import type { CertificateFiles } from "./certificates.ts";
import { PeerProcess, programPath } from "./peer_process.ts";

export type NghttpdOptions = Readonly<{
  /** Clear text with prior knowledge where there is none. */
  certificate?: CertificateFiles;
  /** The handshake fails without a client's certificate, whoever vouches for it. */
  wantsClientCertificate?: boolean;
  concurrentStreams?: number;
  /** Sends a request's body back. */
  echo?: boolean;
  /** `name: value`, sent after each body. */
  trailer?: string;
}>;

export type Nghttpd =
  & Readonly<{
    port: number;
    url: string;
    /** How many frames of a type it received, such as `HEADERS` or `WINDOW_UPDATE`; complete after `stop`. */
    received(frame: string): number;
    sent(frame: string): number;
    stop(): Promise<void>;
  }>
  & AsyncDisposable;

/** nghttpd serves the files of `folder`, and is the client's only other end. */
export async function startNghttpd(
  folder: string,
  { certificate, wantsClientCertificate, concurrentStreams, echo, trailer }: NghttpdOptions = {},
): Promise<Nghttpd> {
  const port = freePort();
  const flags = [
    "--verbose",
    "--address=127.0.0.1",
    `--htdocs=${folder}`,
    ...(wantsClientCertificate === true ? ["--verify-client"] : []),
    ...(concurrentStreams === undefined ? [] : [`--max-concurrent-streams=${concurrentStreams}`]),
    ...(echo === true ? ["--echo-upload"] : []),
    ...(trailer === undefined ? [] : [`--trailer=${trailer}`]),
  ];
  const place = certificate === undefined
    ? ["--no-tls", String(port)]
    : [String(port), certificate.key, certificate.cert];
  const running = new PeerProcess([programPath("nghttpd"), ...flags, ...place], folder);
  await running.listensOn(port);
  const count = (way: string, frame: string) =>
    running.stdout.match(new RegExp(`${way} ${frame} frame `, "g"))?.length ?? 0;
  return {
    port,
    url: `${certificate === undefined ? "http" : "https"}://localhost:${port}`,
    received: (frame) => count("recv", frame),
    sent: (frame) => count("send", frame),
    stop: () => running.stop(),
    [Symbol.asyncDispose]: () => running.stop(),
  };
}
