// The constants of frame version 1; docs/wire-format.md says what they mean.
import type { Lane } from "../codec/event-facts.ts";

export const MAGIC = [0x4f, 0x52, 0x59, 0x46] as const;
export const VERSION = 1;
/** Magic, version, flags, fingerprint, time. */
export const FIXED_BYTES = 22;
export const CRC_BYTES = 4;

export const LANES: readonly (Lane | undefined)[] = [undefined, "realtime", "standard", "bulk"];
export const LANE_MASK = 3;
export const FLAG_JSON = 4;
export const FLAG_ZSTD = 8;

export const EVENT_FLAG_BITS = 4;
export const EVENT_FLAGS = 1 << EVENT_FLAG_BITS;
export const HAS_TIME = 1;
export const HAS_SKIP = 2;
export const HAS_CAUSE = 4;
export const HAS_TRACE = 8;
