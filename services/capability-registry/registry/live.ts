import {
  type ExpiryReason,
  InstanceState,
  type Load,
  type RegistrationChange,
  type Registration,
} from "@orrery/schema/capability/v1";

/** An instance as the registry keeps it in memory. Times are the kit's clock, Unix ms running evenly, but for `…Ms` of the host. */
export interface Live {
  readonly id: string;
  /** As it said last. */
  registration: Registration;
  sourceId: string;
  /** What it says of itself: STARTING, READY or DEGRADED. */
  own: InstanceState;
  /** Others say that it does not do well: until then. */
  degradedUntil: number;
  draining: boolean;
  /** How it counts, as it was told last. */
  state: InstanceState;
  load: Load | undefined;
  leaseUntil: number;
  lastSeen: number;
  /** Since when calls may go to it. */
  readySince: number;
  /** Host's clock, Unix ms. */
  registeredMs: number;
  /** Of the registry, when it changed last. */
  revision: number;
  /** UNSPECIFIED: it is alive. */
  expiry: ExpiryReason;
  expiredAt: number;
}

/** What became of an instance: one event, and one revision. */
export type Change =
  | {
      readonly kind: "registered";
      readonly live: Live;
      readonly change: RegistrationChange;
      readonly revision: number;
    }
  | {
      readonly kind: "expired";
      readonly live: Live;
      readonly reason: ExpiryReason;
      /** Live instances of the service that are left. */
      readonly remaining: number;
      readonly revision: number;
    };

export const isAlive = ({ state }: Live): boolean => state !== InstanceState.EXPIRED;

/** How it counts now. */
export function stateOf(live: Live, now: number): InstanceState {
  if (live.state === InstanceState.EXPIRED) return InstanceState.EXPIRED;
  if (live.draining) return InstanceState.DRAINING;
  if (live.own === InstanceState.READY && live.degradedUntil > now) return InstanceState.DEGRADED;
  return live.own;
}
