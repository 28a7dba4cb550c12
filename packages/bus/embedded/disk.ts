import { close, constants, fdatasync, fsyncSync, ftruncate, openSync, closeSync, writev } from "node:fs";
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

/** Makes a file's name as durable as its bytes. */
export function syncFolder(dir: string): void {
  const fd = openSync(dir, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
