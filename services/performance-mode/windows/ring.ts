import { BUCKETS, edgesOf, quantile } from "@orrery/frame-times";
import type { Window } from "@orrery/schema/performance/v1";

/** So many windows of a session are held. */
export const HELD = 24;
const LANES = 4;
/** Interval and lanes, p95 and p99 each, in hundredths of a millisecond. */
const TIMES = 2 * (1 + LANES);
const UNIT = 100;
const FRAMES_AT = HELD * 4;
const TIMES_AT = FRAMES_AT + HELD * 2;
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
  readonly #held = new DataView(new ArrayBuffer(BYTES));
  highest = 0;

  /** Whether a window of that number is news: neither there nor too old. */
  isNew(seq: number): boolean {
    return seq > 0 && seq > this.highest - HELD && !this.has(seq);
  }

  has(seq: number): boolean {
    return this.#held.getUint32((seq % HELD) * 4) === seq;
  }

  /** @param window undefined: one of which nothing counts */
  put(seq: number, window: Window | undefined): void {
    const slot = seq % HELD;
    this.#held.setUint32(slot * 4, seq);
    this.highest = Math.max(this.highest, seq);
    this.#held.setUint8(FLAGS_AT + slot, window === undefined ? 0 : 1);
    if (window === undefined) return;
    this.#held.setUint16(FRAMES_AT + slot * 2, Math.min(window.frames, 65_535));
    const at = slot * TIMES;
    for (let of = 0; of < TIMES; of++) this.#held.setUint16(TIMES_AT + (at + of) * 2, 0);
    this.#setTimes(at, window.p95Ms, window.p99Ms);
    for (const { lane, p95Ms, p99Ms } of window.lanes) this.#setTimes(at + 2 * lane, p95Ms, p99Ms);
    // By the sums so far: no share of all frames moves by more than half a part.
    let sum = 0;
    let before = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      sum += window.histogram[bucket] ?? 0;
      const part = Math.round((sum * PARTS) / window.frames);
      this.#held.setUint8(HISTOGRAMS_AT + slot * BUCKETS + bucket, part - before);
      before = part;
    }
  }

  #setTimes(at: number, p95: number, p99: number): void {
    this.#held.setUint16(TIMES_AT + at * 2, Math.min(65_535, Math.round(p95 * UNIT)));
    this.#held.setUint16(TIMES_AT + (at + 1) * 2, Math.min(65_535, Math.round(p99 * UNIT)));
  }

  #time(at: number): number {
    return this.#held.getUint16(TIMES_AT + at * 2) / UNIT;
  }

  counts(seq: number): boolean {
    return this.has(seq) && this.#held.getUint8(FLAGS_AT + (seq % HELD)) === 1;
  }

  /** p95 of a lane in a window, ms. */
  laneP95(seq: number, lane: number): number {
    return this.#time((seq % HELD) * TIMES + 2 * lane);
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
      const weight = this.#held.getUint16(FRAMES_AT + slot * 2);
      const at = slot * TIMES;
      frames += weight;
      own.push({
        p95: this.#time(at),
        p99: this.#time(at + 1),
        frames: weight,
      });
      for (let bucket = 0; bucket < BUCKETS; bucket++)
        counts[bucket]! += weight * this.#held.getUint8(HISTOGRAMS_AT + slot * BUCKETS + bucket);
      for (let of = 0; of < 2 * LANES; of++) lanes[of]! += weight * this.#time(at + 2 + of);
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
