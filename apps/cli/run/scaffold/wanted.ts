/** A service that is to be written. */
export interface Wanted {
  readonly id: string;
  /** Package of its contract, and what its aggregate is called. */
  readonly domain: string;
  /** It answers calls. */
  readonly rpc: boolean;
  /** A client that comes later learns at once what was said before. */
  readonly snapshot: boolean;
}

/** `tide` in the names of messages: `TideChanged`. */
export const capital = (domain: string): string => domain.charAt(0).toUpperCase() + domain.slice(1);
