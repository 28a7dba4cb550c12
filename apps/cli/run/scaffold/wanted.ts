/** A service that is to be written. */
export interface Wanted {
  readonly id: string;
  /** Package of its contract. */
  readonly domain: string;
  /** Whether it keeps a state of each world, or one for all of them. */
  readonly of: "world" | "platform";
  /** It answers calls. */
  readonly rpc: boolean;
  /** It says itself what a client learns that comes later; else the kit tells the last of each event. */
  readonly snapshot: boolean;
}

/** `tide` in the names of messages: `TideChanged`. */
export const capital = (domain: string): string => domain.charAt(0).toUpperCase() + domain.slice(1);

/** What its aggregate is called in code: with a second word, so that it is neither a global nor anything's name there. */
export const aggregateName = (domain: string): string => `${domain}World`;

/** What it does, in a sentence. */
export const SUMMARY = {
  world: (domain: string) => `The ${domain} of a world, hour by hour.`,
  platform: (domain: string) => `The ${domain} of all worlds, minute by minute.`,
} as const;
