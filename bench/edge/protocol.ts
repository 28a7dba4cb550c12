export const WORLD = "edge";
/** As in the pack `hollowmere`, so that they are real regions. */
export const REGIONS = [
  "region:high-pass",
  "region:grey-crown",
  "region:wolfscar",
  "region:thornmoor",
  "region:hollowhead",
  "region:larchdale",
  "region:silverdale",
  "region:briardowns",
  "region:upper-hollow",
  "region:mill-vale",
  "region:market-vale",
  "region:mereshore",
  "region:southwall",
  "region:oakenfold",
  "region:sedgefen",
  "region:meremouth",
];

export interface ServerOptions {
  /** A data folder; without it all is in memory. */
  readonly data?: string;
  readonly port?: number;
}

export interface Load {
  /** Over all regions, in turn. */
  readonly eventsPerS: number;
  /** Share that may not be coalesced, 0..1. */
  readonly transactionalShare: number;
}

export interface Usage {
  readonly rssMiB: number;
  readonly heapMiB: number;
  /** User and system time since the start. */
  readonly cpuMs: number;
  /** Of it the kernel's; over the loopback the receivers' share of TCP is in it. */
  readonly systemMs: number;
}

export type ToServer = { readonly load: Load } | { readonly usage: true };
export type FromServer = { readonly url: string } | { readonly loaded: number } | { readonly usage: Usage };
