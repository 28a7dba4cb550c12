import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { failDamaged } from "./damage.ts";

const params = { [constants.ZSTD_c_compressionLevel]: 1 };

/** Packs with zstd at level 1: frames are made at the pace of the world, not for the archive. */
export function packZstd(bytes: Uint8Array): Uint8Array {
  return zstdCompressSync(bytes, { params });
}

/** A window of 16 MiB: as much as a body may unpack to by default. */
const limits = { [constants.ZSTD_d_windowLogMax]: 24 };

/** Unpacks one frame to at most `size` bytes; throws when it is not zstd, holds more, or anything stands behind it. */
export function unpackZstd(bytes: Uint8Array, size: number): Uint8Array {
  const { buffer, engine } = zstdDecompressSync(bytes, {
    params: limits,
    maxOutputLength: Math.max(1, size),
    info: true,
  }) as unknown as { buffer: Uint8Array; engine: { bytesWritten: number } };
  const behind = bytes.length - engine.bytesWritten;
  if (behind !== 0) failDamaged(`${behind} bytes behind the packed body`);
  return buffer;
}
