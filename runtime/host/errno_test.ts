import { equal } from "node:assert/strict";
import { constants } from "node:os";
import { ERROR } from "../ledger/errors.ts";
import { errorCode } from "./causes.ts";
import { connectErrorCode, ERRNO } from "./errno.ts";

Deno.test({ name: "errnos are this system's", ignore: Deno.build.os !== "linux" }, () => {
  const own = new Map(Object.entries(constants.errno));
  for (const [name, errno] of Object.entries(ERRNO)) equal(errno, own.get(name), name);
});

Deno.test("a connection that fails is the same error in epoll as in socket", () => {
  const { ConnectionRefused, ConnectionReset, TimedOut, AddrNotAvailable } = Deno.errors;
  const cases: [errno: number, kind: new (message: string) => Error, words: string, wanted: number][] = [
    [ERRNO.ECONNREFUSED, ConnectionRefused, "Connection refused", ERROR["connect.refused"]],
    [ERRNO.ECONNRESET, ConnectionReset, "Connection reset by peer", ERROR["connect.reset"]],
    [ERRNO.ETIMEDOUT, TimedOut, "Connection timed out", ERROR["connect.timeout"]],
    [ERRNO.ENETUNREACH, Error, "Network is unreachable", ERROR["connect.unreachable"]],
    [ERRNO.EHOSTUNREACH, Error, "No route to host", ERROR["connect.unreachable"]],
    [ERRNO.EADDRNOTAVAIL, AddrNotAvailable, "Cannot assign requested address", ERROR["resource.ports"]],
    [ERRNO.EMFILE, Error, "Too many open files", ERROR["resource.descriptors"]],
    [ERRNO.ENFILE, Error, "Too many open files in system", ERROR["resource.descriptors"]],
    [ERRNO.ENOMEM, Error, "Cannot allocate memory", ERROR["resource.memory"]],
    [ERRNO.ENOBUFS, Error, "No buffer space available", ERROR["resource.memory"]],
    [1, Error, "Operation not permitted", ERROR["connect.failed"]],
  ];
  for (const [errno, Kind, words, wanted] of cases) {
    equal(connectErrorCode(errno), wanted, words);
    equal(errorCode(new Kind(`${words} (os error ${errno})`), "connect"), wanted, words);
  }
});
