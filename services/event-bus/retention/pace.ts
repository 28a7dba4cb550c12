import { statfs } from "node:fs/promises";

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** What grows in less says nothing of a day. */
const LEAST_MS = 60_000;

export interface Pace {
  /** Over what it was measured, ms; 0: not long enough to tell. */
  readonly spanMs: number;
  /** 0: it does not grow. */
  readonly bytesADay: number;
}

/** How fast the journal grew in the last hour. */
export function createPace(): (atMs: number, bytes: number) => Pace {
  let samples: { readonly atMs: number; readonly bytes: number }[] = [];
  return (atMs, bytes) => {
    samples = [...samples, { atMs, bytes }].filter((sample) => atMs - sample.atMs <= HOUR_MS);
    const first = samples[0] ?? { atMs, bytes };
    const spanMs = atMs - first.atMs;
    if (spanMs < LEAST_MS) return { spanMs: 0, bytesADay: 0 };
    return { spanMs, bytesADay: Math.max(0, ((bytes - first.bytes) * DAY_MS) / spanMs) };
  };
}

/** Undefined: there is no folder, or nobody says. */
export async function diskFree(folder: string | undefined): Promise<number | undefined> {
  if (folder === undefined) return undefined;
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
