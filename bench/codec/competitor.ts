import type { MixEvent } from "./mix.ts";

/** One way to write and read the mix. Each call goes once over all events and returns something that depends on all. */
export interface Competitor {
  readonly name: string;
  /** Mean bytes an event. */
  readonly bytesPerEvent: number;
  encode(): number;
  decode(): number;
  /** Reads the routing fields only; absent where the library cannot do less than decode. */
  view?(): number;
}

export type CreateCompetitor = (mix: readonly MixEvent[]) => Competitor | Promise<Competitor>;

export function meanLength(all: readonly { readonly length: number }[]): number {
  return all.reduce((sum, bytes) => sum + bytes.length, 0) / all.length;
}
