import { LRUCache } from "lru-cache";
import { OrreryError } from "@orrery/wire";
import { settingsErrors } from "../errors.ts";

/** Writes of each player in the last minute, in one number each (GCRA, ITU-T I.371). */
export interface WriteRates {
  /** @throws SETTINGS_RATE_LIMITED */
  take(player: string, perMinute: number, nowMs: number): void;
}

const PLAYERS = 10_000;
const MINUTE_MS = 60_000;

export function writeRates(): WriteRates {
  const free = new LRUCache<string, number>({ max: PLAYERS });
  return {
    take(player, perMinute, nowMs) {
      const each = MINUTE_MS / perMinute;
      // A clock that was set back does not lock anybody out.
      const from = Math.min(Math.max(free.get(player) ?? nowMs, nowMs), nowMs + MINUTE_MS);
      const wait = from + each - MINUTE_MS - nowMs;
      if (wait > 0)
        throw new OrreryError(settingsErrors.SETTINGS_RATE_LIMITED, {
          given: `${perMinute} a minute`,
          retryAfterMs: Math.ceil(wait),
        });
      free.set(player, from + each);
    },
  };
}
