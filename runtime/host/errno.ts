import { ERROR } from "../ledger/errors.ts";

/** Of Linux's `errno`, on all of its architectures that Deno runs on. */
export const ERRNO = {
  EINTR: 4,
  EAGAIN: 11,
  ENOMEM: 12,
  ENFILE: 23,
  EMFILE: 24,
  EADDRNOTAVAIL: 99,
  ENETUNREACH: 101,
  ECONNRESET: 104,
  ENOBUFS: 105,
  ETIMEDOUT: 110,
  ECONNREFUSED: 111,
  EHOSTUNREACH: 113,
  EINPROGRESS: 115,
} as const;

/** Which error of the closed list a connection stands for that could not be opened. */
export function connectErrorCode(errno: number): number {
  switch (errno) {
    case ERRNO.ECONNREFUSED:
      return ERROR["connect.refused"];
    case ERRNO.ECONNRESET:
      return ERROR["connect.reset"];
    case ERRNO.ETIMEDOUT:
      return ERROR["connect.timeout"];
    case ERRNO.ENETUNREACH:
    case ERRNO.EHOSTUNREACH:
      return ERROR["connect.unreachable"];
    case ERRNO.EADDRNOTAVAIL:
      return ERROR["resource.ports"];
    case ERRNO.EMFILE:
    case ERRNO.ENFILE:
      return ERROR["resource.descriptors"];
    case ERRNO.ENOMEM:
    case ERRNO.ENOBUFS:
      return ERROR["resource.memory"];
    default:
      return ERROR["connect.failed"];
  }
}
