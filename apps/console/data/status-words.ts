import type { ConnectionStatus } from "@orrery/client";
import { wallClock } from "./words.ts";

/** What has become of the connection, and whether somebody has to do something about it. */
export function statusWords({ state, sinceMs, reason }: ConnectionStatus): string {
  if (state === "closed") return `The connection has ended: ${reason}. Reload the page to come in again.`;
  return `No word from the world since ${wallClock(sinceMs)}. It comes back by itself.`;
}
