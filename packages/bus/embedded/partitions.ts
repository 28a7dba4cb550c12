import { type FSWatcher, watch } from "node:fs";
import { join } from "node:path";
import type { LaneLog } from "./lane-log.ts";
import { listSegments, namesIn, sizeOf } from "./segments.ts";

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
  /** Looks for new partitions and grown files; answers whether there is news. */
  poll(): boolean;
  /** Position after the last byte, looked up now. */
  endOf(partition: Partition): number;
  /** Whether there was more than this when last looked. */
  hasMore(partition: Partition, position: number): boolean;
  close(): void;
}

const SLOT_NAME = /^\d+$/;

export function openPartitions(
  root: string,
  own: ReadonlyMap<string, LaneLog>,
  woken: () => void,
): Partitions {
  const logDir = join(root, "log");
  const known = new Map<string, Partition>();
  const sizes = new Map<string, number>();
  const watchers = new Map<string, FSWatcher>();

  function follow(name: string, dir: string): void {
    const partition: Partition = {
      name,
      dir,
      get own() {
        return own.get(name);
      },
    };
    known.set(name, partition);
    look(partition);
    try {
      const watcher = watch(dir, { persistent: false }, () => {
        if (!own.has(name) && look(partition)) woken();
      });
      watcher.on("error", () => watcher.close());
      watchers.set(name, watcher);
    } catch {
      // Too many watches on this machine: polling finds the news a little later.
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
  function look(partition: Partition): boolean {
    if (partition.own !== undefined) return false;
    const end = endOf(partition);
    if (sizes.get(partition.name) === end) return false;
    sizes.set(partition.name, end);
    return true;
  }

  discover();
  return {
    list: () => [...known.values()],
    endOf,
    hasMore: (partition, position) => (partition.own?.end ?? sizes.get(partition.name) ?? 0) > position,
    poll() {
      let news = discover();
      for (const partition of known.values()) if (look(partition)) news = true;
      return news;
    },
    close() {
      for (const watcher of watchers.values()) watcher.close();
    },
  };
}
