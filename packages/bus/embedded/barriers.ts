import type { Groups } from "./groups.ts";

/**
 * Order across a slot's owners. A writer that restarts may get another slot than before; whoever reads in order
 * must then not read its new frames before its old ones. So each taking of a slot notes where every other
 * partition stood, and readers of what follows wait until they are that far.
 */
export interface Barriers {
  /** Whether the frame at `position` may be handed out, given how far the other partitions are read. */
  isOpen(partition: string, position: number, readTo: (other: string) => number): boolean;
  /**
   * Reads what other processes noted since. To be called between reading frames and handing them out: a slot's
   * barriers are noted before its first new frame.
   */
  refresh(): void;
}

interface Barrier {
  readonly position: number;
  readonly needs: readonly (readonly [other: string, position: number])[];
}

export function createBarriers(groups: Groups): Barriers {
  const select = groups.db.prepare("SELECT partition, position, needs FROM barriers ORDER BY position");
  let byPartition = new Map<string, Barrier[]>();

  let version = -1;

  function refresh(): void {
    const now = groups.version();
    if (now === version) return;
    version = now;
    byPartition = new Map();
    for (const row of select.all() as unknown as { partition: string; position: number; needs: string }[]) {
      const barriers = byPartition.get(row.partition) ?? [];
      barriers.push({
        position: row.position,
        needs: Object.entries(JSON.parse(row.needs) as Record<string, number>),
      });
      byPartition.set(row.partition, barriers);
    }
  }

  refresh();
  return {
    refresh,
    isOpen(partition, position, readTo) {
      for (const barrier of byPartition.get(partition) ?? []) {
        if (barrier.position > position) break;
        for (const [other, needed] of barrier.needs) if (readTo(other) < needed) return false;
      }
      return true;
    },
  };
}

/** Notes where the partitions of a slot that was just taken go on from. */
export function noteBarriers(
  groups: Groups,
  slot: number,
  ends: Readonly<Record<string, number>>,
  lanes: readonly string[],
): void {
  const insert = groups.db.prepare("INSERT OR REPLACE INTO barriers VALUES (?, ?, ?, ?)");
  const others = Object.entries(ends).filter(
    ([partition, end]) => end > 0 && !partition.startsWith(`${slot}/`),
  );
  groups.write(() => {
    if (others.length === 0) return;
    for (const lane of lanes) {
      const partition = `${slot}/${lane}`;
      const needs = others.filter(([other]) => other.endsWith(`/${lane}`));
      if (needs.length > 0)
        insert.run(slot, partition, ends[partition] ?? 0, JSON.stringify(Object.fromEntries(needs)));
    }
  });
}
