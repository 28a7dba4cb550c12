import { Distance, type Source, SourceStatus, type Subject, UpgradeState } from "@orrery/schema/engine/v1";
import { word } from "../data/words.ts";

export const day = (ms: number, never: string): string => (ms === 0 ? never : new Date(ms).toLocaleString());

/** How the newest version is to the one in use. Where some source was never read nobody knows, and nothing is said to be so. */
export function standing({ distance, lastOkMs, newest }: Subject): string {
  if (lastOkMs === 0) return "not known: not everything was read";
  if (newest === undefined) return "no version was seen";
  if (distance === Distance.SAME || distance === Distance.OLDER) return "up to date";
  return distance === Distance.UNSPECIFIED
    ? "nothing is in use"
    : `a ${word(Distance, distance)} version behind`;
}

export const statusWords = ({ status, reason }: Source): string =>
  reason === "" ? word(SourceStatus, status) : `${word(SourceStatus, status)}: ${reason}`;

/** The way that an upgrade goes when all is well. */
export const PATH = [
  UpgradeState.PROPOSED,
  UpgradeState.APPROVED,
  UpgradeState.BUILDING,
  UpgradeState.TESTING,
  UpgradeState.CANARY,
  UpgradeState.PROMOTED,
] as const;

export const key = () => ({ idempotencyKey: crypto.randomUUID() });
