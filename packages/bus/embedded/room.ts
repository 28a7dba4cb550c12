import type { Disk } from "./disk.ts";

/**
 * Room made ahead of a log's end. A sync that also extends the file waits for the file system's own journal;
 * one into bytes that are there already does not. Zeros are written while nobody waits for a commit, as many as
 * the last seconds' pace will need; readers must know where the log ends by other means than the file's size.
 */
export interface Room {
  /** To be called when a commit has ended at `end` of the file and no other waits. */
  make(fd: number, end: number): void;
  /** Before a commit that will end at `end` of the file: waits for zeros that are being written there, which would be written over it. */
  clear(end: number): Promise<void> | undefined;
  /** Waits for what is being written; the file is not to be closed before. */
  settled(): Promise<void>;
  /** Another file begins. */
  forget(): void;
}

/** How long the room should last at the present pace. */
const AHEAD_S = 6;
/** More is made when the room will not last for this long. */
const RESERVE_S = 1;
const LEAST_BYTES = 256 * 1024;
const MOST_BYTES = 32 * 1024 * 1024;
const ZEROS = Buffer.alloc(LEAST_BYTES);

export function makeRoom(disk: Disk, now: () => number): Room {
  let zeroedTo = 0;
  let making: Promise<void> | undefined;
  /** Where the zeros begin that are being written. */
  let makingFrom = 0;
  /** Where the log was a while ago, for its pace in bytes a second. */
  let last = { end: 0, atMs: now() };
  let pace = 0;

  function clockPace(end: number): void {
    const seconds = (now() - last.atMs) / 1000;
    if (seconds < RESERVE_S) return;
    pace = Math.max(0, end - last.end) / seconds;
    last = { end, atMs: now() };
  }

  async function extend(fd: number, end: number): Promise<void> {
    const wanted = Math.min(MOST_BYTES, Math.max(LEAST_BYTES, pace * AHEAD_S));
    const from = Math.max(zeroedTo, end);
    const count = Math.ceil((end + wanted - from) / ZEROS.length);
    if (count <= 0) return;
    makingFrom = from;
    const written = await disk.write(fd, Array<Buffer>(count).fill(ZEROS), from);
    await disk.sync(fd);
    zeroedTo = from + written;
  }

  return {
    make(fd, end) {
      clockPace(end);
      if (making !== undefined || zeroedTo - end > Math.max(LEAST_BYTES / 2, pace * RESERVE_S)) return;
      making = extend(fd, end)
        // A full disk is for the commit to tell, if it comes to that.
        .catch(() => undefined)
        .finally(() => (making = undefined));
    },
    clear: (end) => (end > makingFrom ? making : undefined),
    settled: async () => making,
    forget() {
      zeroedTo = 0;
      last = { end: 0, atMs: now() };
    },
  };
}
