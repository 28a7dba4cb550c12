import { OrreryError } from "@orrery/wire";
import type { Clock } from "@orrery/service";
import { bucketTable } from "../bucket-table.ts";
import type { RouterConfig } from "../config.ts";
import { routerErrors } from "../errors.ts";
import type { Claims } from "../tokens/claims.ts";
import { isLoopback } from "./address.ts";
import { ratesOf, type Rates } from "./rates.ts";

/**
 * What stands before every call and every socket, whatever the door: how much anybody may ask for, by name where a
 * token gives one and else by address.
 */
export interface Gate {
  readonly rates: Rates;
  /** A socket comes from there. @returns 0, or how long to wait, ms */
  arrives(address: string): number;
  /** Its player is known now. @throws ROUTER_RATE_LIMITED */
  comes(player: string, address: string): void;
  /** Somebody asks whom no token names, or not yet. @throws ROUTER_RATE_LIMITED */
  stranger(address: string): void;
  /** The token that came from there does not hold. */
  refused(address: string): void;
  /** Whether an address may try a token that is not known to hold. @throws ROUTER_RATE_LIMITED */
  mayTry(address: string): void;
  /**
   * A call begins, to be ended with what this answers.
   * @throws ROUTER_RATE_LIMITED, ROUTER_CALLS_AT_ONCE
   */
  begin(claims: Claims, kind: "unary" | "stream"): () => void;
}

export function createGate(config: RouterConfig, clock: Clock): Gate {
  const rates = ratesOf(config);
  const addresses = bucketTable(rates.connectsAnAddress);
  const players = bucketTable(rates.connectsAPlayer);
  const strangers = bucketTable(rates.strangers);
  const calls = { player: bucketTable(rates.playerCalls), admin: bucketTable(rates.adminCalls) };
  const running = { unary: new Map<string, number>(), stream: new Map<string, number>() };
  const most = { unary: config.callsAtOnce, stream: config.streamsAtOnce };

  function refuseAfter(waitMs: number): void {
    if (waitMs > 0)
      throw new OrreryError(routerErrors.ROUTER_RATE_LIMITED, { retryAfterMs: Math.ceil(waitMs) });
  }

  return {
    rates,
    arrives: (address) => (isLoopback(address) ? 0 : addresses.take(address, clock.now())),
    comes(player, address) {
      if (!isLoopback(address)) refuseAfter(players.take(player, clock.now()));
    },
    stranger: (address) => refuseAfter(strangers.take(address, clock.now())),
    refused: (address) => void strangers.take(address, clock.now()),
    mayTry: (address) => refuseAfter(strangers.waits(address, clock.now())),
    begin({ player, role }, kind) {
      const counts = running[kind];
      const count = counts.get(player) ?? 0;
      if (count >= most[kind]) {
        const given = `${count} ${kind === "stream" ? "streams" : "calls"} of ${player} run, at most ${most[kind]}`;
        throw new OrreryError(routerErrors.ROUTER_CALLS_AT_ONCE, { given });
      }
      refuseAfter(calls[role].take(player, clock.now()));
      counts.set(player, count + 1);
      let open = true;
      return () => {
        if (!open) return;
        open = false;
        const left = (counts.get(player) ?? 1) - 1;
        if (left === 0) counts.delete(player);
        else counts.set(player, left);
      };
    },
  };
}
