import { type AccountInit, AccountStatus } from "@orrery/schema/payment/v1";
import { serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { paymentErrors } from "../errors.ts";
import type { AccountRow } from "../tables.ts";

/** Accounts of nobody, by what they are for. */
const SYSTEM = {
  /** Where money comes from: minus its balance is how much there is. */
  mint: { floor: -Infinity },
  /** Fees, and what was spent in shops. */
  sink: { floor: 0 },
  /** The border to the money of a world's own markets. */
  market: { floor: -Infinity },
  /** Real money, seen from the provider's side. */
  provider: { floor: -Infinity },
  /** Real money that came in and was not given back. */
  sales: { floor: 0 },
} as const;
export type SystemName = keyof typeof SYSTEM;

const isSystem = (name: string): name is SystemName => Object.hasOwn(SYSTEM, name);
export const systemAccount = (name: SystemName, code: string): string => `system:${name}/${code}`;
export const playerAccount = (player: string, code: string): string => `${player}/${code}`;

/** An account by its id. */
export interface AccountName {
  readonly id: string;
  readonly owner: string;
  readonly code: string;
  /** Undefined: a player's, or an escrow. */
  readonly system: SystemName | undefined;
  /** What its available money never goes under. */
  readonly floor: number;
}

const LONGEST_OWNER = 128;
// A player's id as tokens have it; whoever is in two worlds is the same.
const OWNER = /^(player|escrow):[^/\p{Cc}]+$/u;

/** @throws PAYMENT_UNKNOWN_ACCOUNT */
export function accountName(id: string): AccountName {
  const at = id.lastIndexOf("/");
  const owner = id.slice(0, Math.max(at, 0));
  const code = id.slice(at + 1);
  const name = owner.startsWith("system:") ? owner.slice("system:".length) : "";
  const system = isSystem(name) ? name : undefined;
  const known = system !== undefined || (owner.length <= LONGEST_OWNER && OWNER.test(owner));
  if (at < 1 || code === "" || !known)
    throw new OrreryError(paymentErrors.PAYMENT_UNKNOWN_ACCOUNT, { given: id.slice(0, 200) });
  return { id, owner, code, system, floor: system === undefined ? 0 : SYSTEM[system].floor };
}

/** Whose money it is; undefined: nobody's in particular. */
export const playerOf = ({ owner }: AccountName): string | undefined =>
  owner.startsWith("player:") ? owner : undefined;

/** @throws RPC_FIELD_INVALID */
export function checkPlayer(player: string): void {
  if (player.startsWith("player:") && player.length <= LONGEST_OWNER && OWNER.test(player)) return;
  throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
    given: `player_id ${JSON.stringify(player.slice(0, 200))}; it is like \`player:ada\``,
  });
}

export const newAccount = (world: string, { id, code }: AccountName): AccountRow => ({
  world,
  id,
  code,
  balance: 0,
  held: 0,
  holds: 0,
  status: AccountStatus.OPEN,
  version: 0,
});

export const accountMessage = ({ id, balance, held, status, version }: AccountRow): AccountInit => ({
  accountId: id,
  balance,
  held,
  available: balance - held,
  status: status as AccountStatus,
  version,
});
