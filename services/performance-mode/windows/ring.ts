import { BUCKETS, edgesOf, quantile } from "@orrery/frame-times";
import type { Window } from "@orrery/schema/performance/v1";

/** So many windows of a session are held. */
export const HELD = 24;
const LANES = 4;
/** Interval and lanes, p95 and p99 each, in hundredths of a millisecond. */
const TIMES = 2 * (1 + LANES);
const UNIT = 100;
const TIMES_AT = HELD * 4 + HELD * 2;
const FLAGS_AT = TIMES_AT + HELD * TIMES * 2;
const HISTOGRAMS_AT = FLAGS_AT + HELD;
const BYTES = HISTOGRAMS_AT + HELD * BUCKETS;
/** A histogram is kept in so many parts. */
const PARTS = 255;

/** Figures over several windows, ms. */
export interface Summary {
  readonly windows: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly fps: number;
  /** Lanes 1..4. */
  readonly laneP95: readonly number[];
  readonly laneP99: readonly number[];
}

/** The last windows of a session by number, whichever way they came: 1.4 KiB in one piece. */
export class Ring {
  readonly #seqs: Uint32Array;
  readonly #frames: Uint16Array;
  readonly #times: Uint16Array;
  readonly #bytes: Uint8Array;
  highest = 0;
  readonly held = HELD;

  constructor() {
    const buffer = new ArrayBuffer(BYTES);
    this.#seqs = new Uint32Array(buffer, 0, HELD);
    this.#frames = new Uint16Array(buffer, HELD * 4, HELD);
    this.#times = new Uint16Array(buffer, TIMES_AT, HELD * TIMES);
    this.#bytes = new Uint8Array(buffer);
  }

  /** Whether a window of that number is news: neither there nor too old. */
  isNew(seq: number): boolean {
    return seq > 0 && seq > this.highest - HELD && !this.has(seq);
  }

  has(seq: number): boolean {
    return this.#seqs[seq % HELD] === seq;
  }

  /** @param window undefined: one of which nothing counts */
  put(seq: number, window: Window | undefined): void {
    const slot = seq % HELD;
    this.#seqs[slot] = seq;
    this.highest = Math.max(this.highest, seq);
    this.#bytes[FLAGS_AT + slot] = window === undefined ? 0 : 1;
    if (window === undefined) return;
    this.#frames[slot] = Math.min(window.frames, 65_535);
    const at = slot * TIMES;
    this.#times.fill(0, at, at + TIMES);
    this.#setTimes(at, window.p95Ms, window.p99Ms);
    for (const { lane, p95Ms, p99Ms } of window.lanes) this.#setTimes(at + 2 * lane, p95Ms, p99Ms);
    // By the sums so far: no share of all frames moves by more than half a part.
    let sum = 0;
    let before = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      sum += window.histogram[bucket] ?? 0;
      const part = Math.round((sum * PARTS) / window.frames);
      this.#bytes[HISTOGRAMS_AT + slot * BUCKETS + bucket] = part - before;
      before = part;
    }
  }

  #setTimes(at: number, p95: number, p99: number): void {
    this.#times[at] = Math.min(65_535, Math.round(p95 * UNIT));
    this.#times[at + 1] = Math.min(65_535, Math.round(p99 * UNIT));
  }

  counts(seq: number): boolean {
    return this.has(seq) && this.#bytes[FLAGS_AT + (seq % HELD)] === 1;
  }

  /** p95 of a lane in a window, ms. */
  laneP95(seq: number, lane: number): number {
    return (this.#times[(seq % HELD) * TIMES + 2 * lane] as number) / UNIT;
  }

  /** Numbers of those held, oldest first. */
  seqs(upTo: number = this.highest): readonly number[] {
    const found: number[] = [];
    for (let seq = Math.max(1, this.highest - HELD + 1); seq <= upTo; seq++)
      if (this.has(seq)) found.push(seq);
    return found;
  }

  /** Over the last windows that count. @param upTo the newest that is looked at */
  summary(most: number, upTo: number = this.highest): Summary {
    const counts = new Float64Array(BUCKETS);
    const lanes = new Float64Array(2 * LANES);
    const own: { p95: number; p99: number; frames: number }[] = [];
    let frames = 0;
    for (let seq = upTo; seq > Math.max(0, this.highest - HELD) && own.length < most; seq--) {
      if (!this.counts(seq)) continue;
      const slot = seq % HELD;
      const weight = this.#frames[slot] as number;
      const at = slot * TIMES;
      frames += weight;
      own.push({
        p95: (this.#times[at] as number) / UNIT,
        p99: (this.#times[at + 1] as number) / UNIT,
        frames: weight,
      });
      for (let bucket = 0; bucket < BUCKETS; bucket++)
        counts[bucket]! += weight * (this.#bytes[HISTOGRAMS_AT + slot * BUCKETS + bucket] as number);
      for (let of = 0; of < 2 * LANES; of++)
        lanes[of]! += (weight * (this.#times[at + 2 + of] as number)) / UNIT;
    }
    const mean = (of: number) => (frames === 0 ? 0 : (lanes[of] as number) / frames);
    return {
      windows: own.length,
      p50: quantile(counts, 0.5),
      p95: refined(
        quantile(counts, 0.95),
        own.map(({ p95, frames: by }) => [p95, by] as const),
      ),
      p99: refined(
        quantile(counts, 0.99),
        own.map(({ p99, frames: by }) => [p99, by] as const),
      ),
      fps: own.length === 0 ? 0 : frames / (own.length * 5),
      laneP95: Array.from({ length: LANES }, (_, lane) => mean(2 * lane)),
      laneP99: Array.from({ length: LANES }, (_, lane) => mean(2 * lane + 1)),
    };
  }
}

/** A bucket is a fifth wide: within it, what the windows said themselves is closer. */
function refined(read: number, said: readonly (readonly [ms: number, frames: number])[]): number {
  if (read === 0) return 0;
  const width = edgesOf(1)[0] / edgesOf(0)[0];
  let sum = 0;
  let weight = 0;
  for (const [ms, frames] of said) {
    if (ms < read / width || ms > read * width) continue;
    sum += ms * frames;
    weight += frames;
  }
  return weight === 0 ? read : sum / weight;
}
