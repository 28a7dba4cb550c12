import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";

const params = { [constants.ZSTD_c_compressionLevel]: 1 };

/** Packs with zstd at level 1: frames are made at the pace of the world, not for the archive. */
export function packZstd(bytes: Uint8Array): Uint8Array {
  return zstdCompressSync(bytes, { params });
}

/** Unpacks to exactly `size` bytes; throws when it is not zstd or holds more. */
export function unpackZstd(bytes: Uint8Array, size: number): Uint8Array {
  return zstdDecompressSync(bytes, { maxOutputLength: Math.max(1, size) });
}
