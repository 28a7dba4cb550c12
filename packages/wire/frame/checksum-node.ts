import { crc32 as native } from "node:zlib";

/** CRC-32 as in zlib and PNG (polynomial 0xEDB88320), unsigned. */
export function crc32(bytes: Uint8Array): number {
  return native(bytes);
}
