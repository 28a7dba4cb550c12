import { type FSWatcher, watch } from "node:fs";
import { join } from "node:path";
import type { LaneLog } from "./lane-log.ts";
import { listSegments, namesIn, type Segment, sizeOf } from "./segments.ts";

/** One lane of one slot, as readers see it. */
export interface Partition {
  /** `<slot>/<lane>`. */
  readonly name: string;
  readonly dir: string;
  /** The append side, if this process writes here. */
  readonly own: LaneLog | undefined;
}

/** All partitions under a root, its own and those of other processes, and the sound of something new in them. */
export interface Partitions {
  list(): readonly Partition[];
  /** Looks for new partitions and grown files where the system does not tell of them; answers whether there is news. */
  poll(): boolean;
  /** Looks at everything now. */
  lookAll(): void;
  /** Position after the last byte, looked up now. */
  endOf(partition: Partition): number;
  /** Whether there was more than this when last looked. */
  hasMore(partition: Partition, position: number): boolean;
  close(): void;
}

const SLOT_NAME = /^\d+$/;
/**
 * Where the system tells of what is new, every folder is looked at by itself only each so many polls: with many processes
 * on one log, looking is most of what they do at rest.
 */
const POLLS_APART = 10;

/** What is known of a partition that another process writes. */
interface Seen {
  end: number;
  /** The segment that it is written to: while that grows, the folder need not be read. */
  newest: Segment | undefined;
  /** Whether the system has told of something since the last poll. */
  told: boolean;
  /** A poll found what had not been told: not every file system tells. */
  untold: boolean;
  /** It does not tell: each poll looks. */
  silent: boolean;
}

export function openPartitions(
  root: string,
  own: ReadonlyMap<string, LaneLog>,
  woken: () => void,
  tell: typeof watch = watch,
): Partitions {
  const logDir = join(root, "log");
  const known = new Map<string, Partition>();
  const seen = new Map<string, Seen>();
  const watchers = new Set<FSWatcher>();
  let polls = 0;
  /** Slots come with their lanes a moment later: for so many polls new ones are looked for. */
  let coming = 0;

  function follow(name: string, dir: string): void {
    const partition: Partition = {
      name,
      dir,
      get own() {
        return own.get(name);
      },
    };
    const one: Seen = { end: -1, newest: undefined, told: false, untold: false, silent: false };
    known.set(name, partition);
    seen.set(name, one);
    look(partition, one);
    one.silent = !listen(dir, () => {
      one.told = true;
      if (!own.has(name) && look(partition, one)) woken();
    });
  }

  /** @returns whether the system tells of what changes there */
  function listen(dir: string, heard: () => void): boolean {
    try {
      const watcher = tell(dir, { persistent: false }, heard);
      watcher.on("error", () => watcher.close());
      watchers.add(watcher);
      return true;
    } catch {
      // Too many watches on this machine: polling finds the news a little later.
      return false;
    }
  }

  function discover(): boolean {
    let news = false;
    for (const slot of namesIn(logDir)) {
      if (!SLOT_NAME.test(slot)) continue;
      for (const lane of namesIn(join(logDir, slot))) {
        const name = `${slot}/${lane}`;
        if (lane.includes(".") || lane === "owner" || known.has(name)) continue;
        follow(name, join(logDir, slot, lane));
        news = true;
      }
    }
    return news;
  }

  function endOf(partition: Partition): number {
    if (partition.own !== undefined) return partition.own.end;
    const newest = listSegments(partition.dir).at(-1);
    return newest === undefined ? 0 : newest.base + sizeOf(newest.path);
  }

  /** Looks how far another process's partition reaches; answers whether that is news. */
  function look(partition: Partition, one: Seen): boolean {
    if (partition.own !== undefined) return false;
    const { newest } = one;
    if (newest !== undefined) {
      const grown = newest.base + sizeOf(newest.path);
      if (grown > one.end) {
        one.end = grown;
        return true;
      }
    }
    one.newest = listSegments(partition.dir).at(-1);
    const end = one.newest === undefined ? 0 : one.newest.base + sizeOf(one.newest.path);
    if (one.end === end) return false;
    one.end = end;
    return true;
  }

  /** Looks as often as it must: each time where nobody tells. */
  function poll(all: boolean): boolean {
    let news = false;
    for (const partition of known.values()) {
      const one = seen.get(partition.name) as Seen;
      // What a poll found is told a moment later, or never.
      if (one.untold && !one.told) one.silent = true;
      one.untold = false;
      const told = one.told;
      one.told = false;
      if (!all && !one.silent) continue;
      if (!look(partition, one)) continue;
      news = true;
      one.untold = !told;
    }
    return news;
  }

  // A log that is not told of is looked at by each poll.
  const hearsOfSlots = listen(logDir, () => (coming = POLLS_APART));
  discover();
  return {
    list: () => [...known.values()],
    endOf,
    hasMore: (partition, position) => (partition.own?.end ?? seen.get(partition.name)?.end ?? 0) > position,
    lookAll() {
      discover();
      poll(true);
    },
    poll() {
      polls += 1;
      const all = polls % POLLS_APART === 0;
      if (coming > 0) coming -= 1;
      const came = (all || coming > 0 || !hearsOfSlots) && discover();
      return poll(all) || came;
    },
    close() {
      for (const watcher of watchers) watcher.close();
    },
  };
}
