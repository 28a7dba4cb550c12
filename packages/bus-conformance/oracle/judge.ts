import { type Handled, nameOf, type Written } from "./record.ts";

/** Why an event was handled well twice. */
export type DoubleCause = "redelivered" | "handed over" | "unknown publish" | "unexplained";

export interface Findings {
  readonly published: number;
  readonly handled: number;
  /** Acknowledged, never handled well; `writer/n`. */
  readonly lost: readonly string[];
  /** Where in its writer's run loss lies. */
  readonly lostAt: { readonly prefix: number; readonly middle: number; readonly suffix: number };
  /** Handled, never published. */
  readonly phantom: readonly string[];
  readonly corrupted: readonly string[];
  /** Handled well more than once. */
  readonly duplicates: number;
  readonly causes: Readonly<Record<DoubleCause, number>>;
  /** Came under a second identity: an inbox would have let its effect happen twice. */
  readonly doubleEffects: readonly string[];
  /** First handled after a later one of its key. */
  readonly reordered: readonly string[];
  /** First handled more than LATE_MS after it was published. */
  readonly late: number;
  /** Two handlers ran one event at one time. */
  readonly overlapping: readonly string[];
}

/** What can be the cause of a double. */
export interface Circumstances {
  /** Publishes that were not acknowledged and sent again. */
  readonly resends: number;
  /** Faults that struck. */
  readonly strikes: number;
}

/** A fault may take this long to be over; what comes later is told of. */
export const LATE_MS = 30_000;

/** Holds what one subscription did against what was written. */
export function judgeHandled(
  written: ReadonlyMap<string, Written>,
  mine: readonly Handled[],
  circumstances: Circumstances,
): Findings {
  const well = new Map<string, Handled>();
  const identities = new Map<string, string>();
  const newest = new Map<string, number>();
  const open = new Map<string, number>();
  const phantom: string[] = [];
  const corrupted: string[] = [];
  const reordered: string[] = [];
  const overlapping: string[] = [];
  const doubleEffects: string[] = [];
  const causes = { redelivered: 0, "handed over": 0, "unknown publish": 0, unexplained: 0 };
  let duplicates = 0;
  let late = 0;
  for (const entry of mine) {
    const id = nameOf(entry.writer, entry.n);
    const origin = written.get(id);
    if (!entry.intact) corrupted.push(id);
    else if (origin === undefined) phantom.push(id);
    else if (origin.key !== entry.key) corrupted.push(`${id}: key ${entry.key}`);
    const until = open.get(id);
    if (until !== undefined && until > entry.startMs) overlapping.push(id);
    open.set(id, Math.max(until ?? 0, entry.endMs));
    if (entry.outcome !== "ok") continue;
    const first = well.get(id);
    if (first === undefined) {
      const lane = `${entry.writer} ${entry.key}`;
      const last = newest.get(lane) ?? -1;
      if (entry.n < last) reordered.push(`${id} after ${last}`);
      newest.set(lane, Math.max(last, entry.n));
      if (origin !== undefined && origin.atMs > 0 && entry.startMs - origin.atMs > LATE_MS) late++;
      well.set(id, entry);
      identities.set(id, entry.identity);
      continue;
    }
    duplicates++;
    if (entry.identity !== identities.get(id)) doubleEffects.push(id);
    causes[causeOf(first, entry, circumstances)]++;
  }
  const lost = [...written].filter(([id, one]) => one.outcome === "acked" && !well.has(id)).map(([id]) => id);
  return {
    published: written.size,
    handled: well.size,
    lost,
    lostAt: placesOf(lost, written),
    phantom,
    corrupted,
    duplicates,
    causes,
    doubleEffects,
    reordered,
    late,
    overlapping,
  };
}

function causeOf(first: Handled, again: Handled, { resends, strikes }: Circumstances): DoubleCause {
  if (again.attempt > first.attempt) return "redelivered";
  if (again.member !== first.member && strikes > 0 && resends === 0) return "handed over";
  return resends > 0 ? "unknown publish" : "unexplained";
}

function placesOf(lost: readonly string[], written: ReadonlyMap<string, Written>) {
  const at = { prefix: 0, middle: 0, suffix: 0 };
  if (lost.length === 0) return at;
  const gone = new Set(lost);
  const byWriter = Map.groupBy(written.values(), (one) => one.writer);
  for (const [writer, all] of byWriter) {
    const sorted = all.toSorted((a, b) => a.n - b.n);
    const isKept = ({ n }: Written) => !gone.has(nameOf(writer, n));
    const firstKept = sorted.findIndex(isKept);
    const lastKept = sorted.findLastIndex(isKept);
    for (const [place, one] of sorted.entries()) {
      if (isKept(one)) continue;
      if (firstKept < 0 || place < firstKept) at.prefix++;
      else at[place > lastKept ? "suffix" : "middle"]++;
    }
  }
  return at;
}
