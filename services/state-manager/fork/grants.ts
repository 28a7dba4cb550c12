import type { ForkRow, GrantRow } from "../tables.ts";

type Forks = ReadonlyMap<string, Readonly<ForkRow>>;

/** Up to where a world sees the grants of another. */
interface GrantLevel {
  readonly world: string;
  /** Undefined: it is the world itself. */
  readonly fork: Readonly<ForkRow> | undefined;
}

/** Worlds whose grants a world sees, itself first. */
export function grantLevels(forks: Forks, world: string): readonly GrantLevel[] {
  const levels: GrantLevel[] = [{ world, fork: undefined }];
  for (let fork = forks.get(world); fork !== undefined && fork.state > 0; fork = forks.get(fork.parent))
    levels.push({ world: fork.parent, fork });
  return levels;
}

/** Forks of a world, without forks of those. */
export function heirsOf(forks: Forks, world: string): readonly Readonly<ForkRow>[] {
  if (forks.size === 0) return [];
  return [...forks.values()].filter((fork) => fork.parent === world && fork.state > 0);
}

/** Whether a grant was made before a fork began. */
export function isShared({ told, at_ms: atMs }: GrantRow, fork: Readonly<ForkRow>): boolean {
  return told <= fork.sequence && atMs <= fork.at_ms;
}

/** A grant as a world sees it. */
export function seesGrant(
  forks: Forks,
  world: string,
  rowOf: (world: string) => GrantRow | undefined,
): GrantRow | undefined {
  for (const level of grantLevels(forks, world)) {
    const row = rowOf(level.world);
    if (row === undefined) continue;
    if (level.fork === undefined) return row;
    return isShared(row, level.fork) ? { ...row, world, told: 0 } : undefined;
  }
  return undefined;
}
