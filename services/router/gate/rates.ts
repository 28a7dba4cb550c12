import type { RouterConfig } from "../config.ts";

/** So many a second, with room for `burst` at once. */
export interface Rate {
  readonly perS: number;
  readonly burst: number;
}

/** What is allowed in a time; the same whatever the door. */
export interface Rates {
  readonly messages: Rate;
  readonly inboundBytes: Rate;
  readonly subscriptionChanges: Rate;
  readonly playerCalls: Rate;
  readonly adminCalls: Rate;
  readonly strangers: Rate;
  readonly connectsAnAddress: Rate;
  readonly connectsAPlayer: Rate;
}

const KIB = 1024;
/** An operator's tools ask for much at once, and whoever holds the key is trusted. */
const ADMIN_TIMES = 10;
const STRANGERS_AT_ONCE = 10;

export function ratesOf(config: RouterConfig): Rates {
  const twice = (perS: number): Rate => ({ perS, burst: Math.max(1, 2 * perS) });
  const aMinute = (perMin: number): Rate => ({ perS: perMin / 60, burst: Math.max(1, perMin) });
  const { strangersPerS } = config;
  return {
    messages: twice(config.messagesPerS),
    inboundBytes: twice(config.inboundKibPerS * KIB),
    subscriptionChanges: twice(config.changesPerS),
    playerCalls: twice(config.callsPerS),
    adminCalls: twice(config.callsPerS * ADMIN_TIMES),
    strangers: { perS: strangersPerS, burst: Math.max(1, STRANGERS_AT_ONCE * strangersPerS) },
    connectsAnAddress: aMinute(config.connectsAnAddressPerMin),
    connectsAPlayer: aMinute(config.connectsAPlayerPerMin),
  };
}
