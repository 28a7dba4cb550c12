import { badNetwork } from "./f05-network.ts";
import { lostReplies } from "./f06-lost-replies.ts";
import type { Fault } from "./fault.ts";

export type { Fault } from "./fault.ts";

/** In the order of conformance.md. */
export const FAULTS: readonly Fault[] = [badNetwork, lostReplies];
