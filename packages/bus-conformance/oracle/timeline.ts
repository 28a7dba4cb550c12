import type { Ledger, Struck } from "./ledger.ts";

export type RowKind = "published" | "handled" | "retried" | "dead letters";

/** Counts over time: `bins[i]` lie in the i-th of equal parts of the time axis. */
export interface Row {
  /** `writer 1`, or a subscription. */
  readonly of: string;
  readonly kind: RowKind;
  readonly total: number;
  readonly bins: readonly number[];
}

/** What happened when, ms from the first thing that did. */
export interface Timeline {
  readonly lengthMs: number;
  readonly rows: readonly Row[];
  readonly faults: readonly Struck[];
}

const BINS = 120;

export function timelineOf(ledger: Ledger): Timeline {
  const points = new Map<string, { of: string; kind: RowKind; at: number[] }>();
  const note = (of: string, kind: RowKind, atMs: number) => {
    if (!(atMs > 0 && atMs < Infinity)) return;
    const name = `${of}\n${kind}`;
    let one = points.get(name);
    if (one === undefined) points.set(name, (one = { of, kind, at: [] }));
    one.at.push(atMs);
  };
  for (const { writer, atMs } of ledger.writings) note(`writer ${writer}`, "published", atMs);
  for (const { subscription, outcome, endMs } of ledger.entries) {
    if (outcome !== "running") note(subscription, outcome === "ok" ? "handled" : "retried", endMs);
  }
  for (const { subscription, atMs } of ledger.buried) note(subscription, "dead letters", atMs);

  let fromMs = Infinity;
  let toMs = -Infinity;
  const stretch = (ms: number) => {
    fromMs = Math.min(fromMs, ms);
    toMs = Math.max(toMs, ms);
  };
  for (const { at } of points.values()) at.forEach(stretch);
  for (const struck of ledger.strikes) {
    stretch(struck.fromMs);
    stretch(struck.toMs);
  }
  const lengthMs = Math.max(toMs - fromMs, 0);
  const binOf = (ms: number) => Math.min(BINS - 1, Math.floor(((ms - fromMs) / (lengthMs || 1)) * BINS));
  return {
    lengthMs: Math.round(lengthMs),
    rows: [...points.values()].map(({ of, kind, at }) => {
      const bins = Array.from({ length: BINS }, () => 0);
      for (const ms of at) {
        const bin = binOf(ms);
        bins[bin] = (bins[bin] as number) + 1;
      }
      return { of, kind, total: at.length, bins };
    }),
    faults: ledger.strikes.map(({ name, ...struck }) => ({
      name,
      fromMs: Math.round(struck.fromMs - fromMs),
      toMs: Math.round(struck.toMs - fromMs),
    })),
  };
}
