export { type Flags, knownFlags, type KnownFlags, STALE_MS } from "./flags.ts";
export { type FollowOptions, followFlags } from "./part.ts";
