import { CODE, FRAME_BYTES_MAX, SETTING, uint32, WINDOW_BYTES_MAX } from "./http2_frames.ts";

const LARGEST_FRAME_BYTES_MAX = 2 ** 24 - 1;

/** Judges settings bytes[start, end) of a server: a `CODE`, `noError` where it may have them (RFC 9113 section 6.5.2). */
export function settingsError(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at += 6) {
    const value = uint32(bytes, at + 2);
    switch ((bytes[at] << 8) | bytes[at + 1]) {
      case SETTING.enablePush:
        if (value !== 0) return CODE.protocolError;
        break;
      case SETTING.initialWindowSize:
        if (value > WINDOW_BYTES_MAX) return CODE.flowControlError;
        break;
      case SETTING.maxFrameSize:
        if (value < FRAME_BYTES_MAX || value > LARGEST_FRAME_BYTES_MAX) return CODE.protocolError;
        break;
    }
  }
  return CODE.noError;
}
