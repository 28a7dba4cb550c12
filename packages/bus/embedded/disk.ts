import { close, constants, fdatasync, ftruncate, openSync, writev } from "node:fs";
import { open } from "node:fs/promises";
import { promisify } from "node:util";

/** File operations of the append path; tests hand in one that fails. */
export interface Disk {
  open(path: string): number;
  /** Answers the bytes written, which may be fewer than given. */
  write(fd: number, buffers: readonly Uint8Array[], position: number): Promise<number>;
  sync(fd: number): Promise<void>;
  truncate(fd: number, size: number): Promise<void>;
  close(fd: number): Promise<void>;
}

const syncFile = promisify(fdatasync);
const truncateFile = promisify(ftruncate);
const closeFile = promisify(close);

export const realDisk: Disk = {
  open: (path) => openSync(path, constants.O_RDWR | constants.O_CREAT),
  write: (fd, buffers, position) =>
    new Promise((resolve, reject) => {
      writev(fd, buffers as Uint8Array[], position, (error, written) =>
        error ? reject(error) : resolve(written),
      );
    }),
  sync: syncFile,
  truncate: truncateFile,
  close: closeFile,
};

/** Writes all of them, one behind the other. */
export async function writeAll(
  disk: Pick<Disk, "write">,
  fd: number,
  buffers: readonly Uint8Array[],
  position: number,
): Promise<void> {
  const bytes = buffers.reduce((sum, { length }) => sum + length, 0);
  let rest = buffers;
  for (let done = 0; done < bytes; ) {
    const written = await disk.write(fd, rest, position + done);
    if (written === 0) throw Object.assign(new Error("nothing was written"), { code: "ENOSPC" });
    done += written;
    if (done < bytes) rest = skip(rest, written);
  }
}

function skip(buffers: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let left = bytes;
  let first = 0;
  while (left >= (buffers[first] as Uint8Array).length) left -= (buffers[first++] as Uint8Array).length;
  return [(buffers[first] as Uint8Array).subarray(left), ...buffers.slice(first + 1)];
}

/** Makes a file's name as durable as its bytes. */
export async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
