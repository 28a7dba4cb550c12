import { resolve } from "node:path";

const schema = resolve(import.meta.dirname, "../../schema");

/** Import roots of the contracts. */
export const PROTO_ROOTS = { orrery: `${schema}/orrery`, options: `${schema}/options` } as const;
/** Files with the mix's events. */
export const PROTO_FILES = ["time/v1/events.proto", "weather/v1/events.proto"] as const;
/** Code that competitors generate; ignored by git. */
export const GENERATED = resolve(import.meta.dirname, "gen");
