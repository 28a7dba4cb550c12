import { isDeepStrictEqual } from "node:util";
import {
  type Beat,
  ExpiryReason,
  InstanceState,
  type Registration,
  RegistrationChange,
} from "@orrery/schema/capability/v1";
import { OrreryError } from "@orrery/wire";
import { capabilityErrors } from "../errors.ts";
import { checkRegistration, isPlausible, isSaid } from "./check-registration.ts";
import { createIndex, type Index } from "./index.ts";
import { createLeases, LEASE_MS, type Leases } from "./leases.ts";
import { type Change, isAlive, type Live, stateOf } from "./live.ts";
import { createSources, type Sources } from "./sources.ts";

/** All instances, alive and of late, as a state of its own: told the time with each call, it asks nobody. */
export interface Book {
  readonly revision: number;
  readonly index: Index;
  readonly leases: Leases;
  readonly sources: Sources;
  /** Loads that were no loads: the one before stands. */
  readonly implausible: number;
  /** Notices that the registry did not run for a while: before whatever looks at leases. */
  observe(now: number): void;
  get(id: string): Live | undefined;
  /** In no order; also those that are no more. */
  all(): Iterable<Live>;
  /**
   * All of them, or none.
   * @param hostMs the host's clock, Unix ms
   * @throws CAPABILITY_REGISTRATION, CAPABILITY_TOO_MANY, CAPABILITY_NOT_YOURS, CAPABILITY_REPLACED
   */
  register(sourceId: string, given: readonly Registration[], now: number, hostMs: number): readonly Change[];
  /** @throws CAPABILITY_NOT_YOURS */
  beat(
    sourceId: string,
    beats: readonly Beat[],
    now: number,
  ): { readonly changes: readonly Change[]; readonly unknown: readonly string[] };
  /** @throws CAPABILITY_UNKNOWN_INSTANCE */
  drain(ids: readonly string[], now: number): readonly Change[];
  /** @param reason DEREGISTERED, or ADMIN */
  deregister(ids: readonly string[], reason: ExpiryReason, now: number): readonly Change[];
  /** Others say that it does not do well: it counts as DEGRADED until then, whatever it says itself. */
  degrade(id: string, until: number, now: number): readonly Change[];
  /** Ends what has run out. @returns also the ids of those that are forgotten */
  sweep(now: number): { readonly changes: readonly Change[]; readonly forgotten: readonly string[] };
}

/** Those that are no more are shown for so long. */
const KEPT_MS = 300_000;
const INSTANCES_MOST = 1_000;

/** @param kept instances as they were kept, each with a whole lease from now on */
export function createBook(revision: number, kept: readonly Live[] = [], now = 0): Book {
  const lives = new Map<string, Live>();
  const index = createIndex();
  const sources = createSources();
  const leases = createLeases(sources);
  let implausible = 0;

  for (const live of kept) {
    lives.set(live.id, live);
    if (isAlive(live)) enter(live, now);
  }

  const observe = (at: number) => leases.observe(at, () => lives.values());

  function enter(live: Live, at: number): void {
    index.add(live);
    sources.joined(live.sourceId, at);
  }

  function registered(live: Live, change: RegistrationChange): Change {
    live.revision = ++revision;
    return { kind: "registered", live, change, revision };
  }

  function end(live: Live, reason: ExpiryReason, at: number): Change {
    index.remove(live);
    sources.left(live.sourceId);
    if (reason === ExpiryReason.LEASE_LOST) sources.lost(live.sourceId, at);
    live.state = InstanceState.EXPIRED;
    live.expiry = reason;
    live.expiredAt = at;
    live.draining = false;
    live.revision = ++revision;
    return { kind: "expired", live, reason, remaining: remainingOf(live), revision };
  }

  const remainingOf = ({ registration }: Live) => index.ofService(registration.serviceId).size;

  /** Takes over how it counts now; nothing where that is as before. */
  function settle(live: Live, at: number): readonly Change[] {
    const before = live.state;
    const state = stateOf(live, at);
    if (state === before) return [];
    live.state = state;
    if (state === InstanceState.READY && before === InstanceState.STARTING) live.readySince = at;
    return [registered(live, changeOf(before, state))];
  }

  function check(sourceId: string, given: readonly Registration[]): void {
    const added = new Map<string, number>();
    for (const registration of given) {
      checkRegistration(registration);
      const { instanceId, serviceId } = registration;
      const known = lives.get(instanceId);
      if (known?.expiry === ExpiryReason.REPLACED)
        throw new OrreryError(capabilityErrors.CAPABILITY_REPLACED, { given: `${serviceId} ${instanceId}` });
      const isForeign =
        known !== undefined &&
        (known.registration.serviceId !== serviceId || (isAlive(known) && known.sourceId !== sourceId));
      if (isForeign)
        throw new OrreryError(capabilityErrors.CAPABILITY_NOT_YOURS, { given: `${serviceId} ${instanceId}` });
      if (known === undefined || !isAlive(known)) added.set(serviceId, (added.get(serviceId) ?? 0) + 1);
    }
    for (const [serviceId, count] of added)
      if (index.ofService(serviceId).size + count > INSTANCES_MOST)
        throw new OrreryError(capabilityErrors.CAPABILITY_TOO_MANY, {
          given: `${serviceId} would have more than ${INSTANCES_MOST} instances`,
        });
  }

  function* registerOne(
    sourceId: string,
    registration: Registration,
    at: number,
    hostMs: number,
  ): Iterable<Change> {
    const { instanceId: id, serviceId, state: own, endpoints } = registration;
    const addresses = endpoints.map(({ address }) => address);
    for (const other of index.at(serviceId, addresses))
      if (other.id !== id) yield end(other, ExpiryReason.REPLACED, at);
    const known = lives.get(id);
    if (known !== undefined && isAlive(known)) {
      const isSame = isDeepStrictEqual({ ...known.registration, state: own }, { ...registration });
      if (!isSame) index.remove(known);
      Object.assign(known, { registration, own, leaseUntil: at + LEASE_MS, lastSeen: at });
      if (!isSame) index.add(known);
      const settled = settle(known, at);
      yield* settled.length > 0 || isSame ? settled : [registered(known, RegistrationChange.UPDATED)];
      return;
    }
    const live: Live = {
      id,
      registration,
      sourceId,
      own,
      degradedUntil: 0,
      draining: false,
      state: own,
      load: undefined,
      leaseUntil: at + LEASE_MS,
      lastSeen: at,
      readySince: at,
      registeredMs: hostMs,
      revision: 0,
      expiry: ExpiryReason.UNSPECIFIED,
      expiredAt: 0,
    };
    lives.set(id, live);
    enter(live, at);
    yield registered(live, known === undefined ? RegistrationChange.NEW : RegistrationChange.RECOVERED);
  }

  function must(id: string): Live {
    const live = lives.get(id);
    if (live === undefined || !isAlive(live))
      throw new OrreryError(capabilityErrors.CAPABILITY_UNKNOWN_INSTANCE, { given: id.slice(0, 64) });
    return live;
  }

  function beatOne(live: Live, { state, load }: Beat, at: number): readonly Change[] {
    live.leaseUntil = at + LEASE_MS;
    live.lastSeen = at;
    if (isSaid(state)) live.own = state;
    if (load !== undefined && isPlausible(load)) live.load = load;
    else if (load !== undefined) implausible += 1;
    return settle(live, at);
  }

  return {
    get revision() {
      return revision;
    },
    get implausible() {
      return implausible;
    },
    index,
    leases,
    sources,
    observe,
    get: (id) => lives.get(id),
    all: () => lives.values(),
    register(sourceId, given, at, hostMs) {
      observe(at);
      check(sourceId, given);
      sources.heard(sourceId, at);
      return given.flatMap((one) => [...registerOne(sourceId, one, at, hostMs)]);
    },
    beat(sourceId, beats, at) {
      observe(at);
      const known: [Live, Beat][] = [];
      const unknown: string[] = [];
      for (const beat of beats) {
        const live = lives.get(beat.instanceId);
        if (live === undefined || !isAlive(live)) unknown.push(beat.instanceId);
        else if (live.sourceId !== sourceId)
          throw new OrreryError(capabilityErrors.CAPABILITY_NOT_YOURS, { given: live.id });
        else known.push([live, beat]);
      }
      sources.heard(sourceId, at);
      return { changes: known.flatMap(([live, beat]) => beatOne(live, beat, at)), unknown };
    },
    drain(ids, at) {
      observe(at);
      return ids.map(must).flatMap((live) => {
        if (live.draining) return [];
        live.draining = true;
        live.state = InstanceState.DRAINING;
        live.revision = ++revision;
        const remaining = remainingOf(live);
        return [{ kind: "expired", live, reason: ExpiryReason.DRAINING, remaining, revision } as const];
      });
    },
    deregister(ids, reason, at) {
      observe(at);
      const going = new Set(ids.flatMap((id) => lives.get(id) ?? []).filter(isAlive));
      return [...going].map((live) => end(live, reason, at));
    },
    degrade(id, until, at) {
      const live = must(id);
      live.degradedUntil = until;
      return settle(live, at);
    },
    sweep(at) {
      observe(at);
      const changes: Change[] = [];
      const forgotten: string[] = [];
      const lapsed: Live[] = [];
      for (const live of lives.values()) {
        if (isAlive(live)) {
          if (live.leaseUntil <= at) lapsed.push(live);
          else if (live.degradedUntil !== 0 && live.degradedUntil <= at) {
            live.degradedUntil = 0;
            changes.push(...settle(live, at));
          }
        } else if (at - live.expiredAt > KEPT_MS) forgotten.push(live.id);
      }
      for (const live of leases.due(lapsed, at)) changes.push(end(live, ExpiryReason.LEASE_LOST, at));
      for (const id of forgotten) lives.delete(id);
      return { changes, forgotten };
    },
  };
}

function changeOf(before: InstanceState, state: InstanceState): RegistrationChange {
  if (state === InstanceState.DEGRADED) return RegistrationChange.DEGRADED;
  return before === InstanceState.DEGRADED && state === InstanceState.READY
    ? RegistrationChange.RECOVERED
    : RegistrationChange.UPDATED;
}
