import { Distance, SourceStatus, type Subject, type Version } from "@orrery/schema/engine/v1";
import { wordOf } from "../print.ts";

export const versionText = (version: Version | undefined): string => version?.text ?? "";

/** `2026-12-01T10:00:00Z`; what was never, says so. */
export const moment = (ms: number, never: string): string =>
  ms === 0 ? never : `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** How the newest version is to the one in use; where some source was never read nobody knows. */
export function standing({ distance, lastOkMs, newest }: Subject): string {
  if (lastOkMs === 0) return "not known";
  if (newest === undefined) return "no version seen";
  if (distance === Distance.SAME || distance === Distance.OLDER) return "up to date";
  return distance === Distance.UNSPECIFIED ? "nothing in use" : `${wordOf(Distance, distance)} behind`;
}

export const statusWord = (status: SourceStatus): string => wordOf(SourceStatus, status).replace("_", " ");
