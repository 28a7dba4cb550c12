import {
  ExpiryReason,
  type InstanceInit,
  InstanceState,
  KeptInstance,
  type KeptInstanceInit,
  type Registration,
} from "@orrery/schema/capability/v1";
import { encodeBytes } from "@orrery/wire";
import type { Leases } from "./leases.ts";
import { LEASE_MS } from "./leases.ts";
import type { Live } from "./live.ts";

/** Between the clock that runs evenly and the host's, which may be set: add it to come to the host's. */
export type Offset = number;

/** An instance as others are shown it, in the host's time. */
export function instanceOf(live: Live, leases: Leases, offset: Offset): InstanceInit {
  const isGone = live.state === InstanceState.EXPIRED;
  return {
    registration: live.registration,
    state: live.state,
    ...(live.load && { load: live.load }),
    leaseUntilMs: (isGone ? live.leaseUntil : leases.until(live)) + offset,
    registeredMs: live.registeredMs,
    lastSeenMs: live.lastSeen + offset,
    revision: live.revision,
    sourceId: live.sourceId,
    expiry: live.expiry,
    expiredMs: isGone ? live.expiredAt + offset : 0,
  };
}

export function keptBytes(live: Live, leases: Leases, offset: Offset): Uint8Array {
  const kept: KeptInstanceInit = {
    instance: instanceOf(live, leases, offset),
    ownState: live.own,
    degradedUntilMs: live.degradedUntil === 0 ? 0 : live.degradedUntil + offset,
  };
  return encodeBytes(KeptInstance, kept);
}

/**
 * An instance as it was kept. Whoever was alive gets a whole lease: that nobody was heard while nobody listened says
 * nothing.
 * @param heardMs when its process was heard last, as was noted; undefined: not noted
 */
export function liveOf(body: Uint8Array, heardMs: number | undefined, now: number, offset: Offset): Live {
  const { instance, ownState, degradedUntilMs } = KeptInstance.decode(body);
  if (instance?.registration === undefined) throw new Error("a kept instance has no registration");
  const { registration, state, expiry, load, registeredMs, revision, sourceId } = instance;
  const isGone = state === InstanceState.EXPIRED;
  return {
    id: registration.instanceId,
    registration: registration as Registration,
    sourceId,
    own: ownState,
    degradedUntil: degradedUntilMs === 0 ? 0 : degradedUntilMs - offset,
    draining: state === InstanceState.DRAINING,
    state,
    load,
    leaseUntil: isGone ? instance.leaseUntilMs - offset : now + LEASE_MS,
    lastSeen: Math.max(instance.lastSeenMs, isGone ? 0 : (heardMs ?? 0)) - offset,
    readySince: Number.NEGATIVE_INFINITY,
    registeredMs,
    revision,
    expiry: isGone ? expiry : ExpiryReason.UNSPECIFIED,
    expiredAt: isGone ? Math.min(instance.expiredMs - offset, now) : 0,
  };
}
