import { busErrors, type SubscriptionSpec } from "@orrery/bus";
import { OrreryError } from "@orrery/wire";
import { busNatsErrors } from "./errors.ts";
import type { Names } from "./names.ts";
import type { Records } from "./records.ts";

/** A subscription as it is kept at the server. */
export interface Known {
  readonly spec: SubscriptionSpec;
  /** When it was first seen, by the server's clock; ISO. What `from: "latest"` begins with. */
  readonly since: string;
}

interface Written {
  readonly spec: SubscriptionSpec;
  readonly since?: string;
}

/** Which subscriptions exist, whoever made them. */
export interface Subscriptions {
  /** Writes it down, or takes over new types and worlds. Rejects with `BUS_SUBSCRIPTION_CONFLICT`. */
  ensure(spec: SubscriptionSpec): Promise<Known>;
  /** Rejects with `BUS_SUBSCRIPTION_MISSING`, `NATS_RECORD_UNREADABLE`. */
  known(id: string): Promise<Known>;
  /** Those whose record can be read. */
  all(): Promise<SubscriptionSpec[]>;
  /** Records that the last `all` could not read, by their subjects. */
  unreadable(): readonly string[];
  /** The records were lost: writes again what this process knows. */
  restore(): Promise<void>;
  remove(id: string): Promise<void>;
}

export function createSubscriptions(records: Records, names: Names): Subscriptions {
  const cache = new Map<string, Known>();
  let unreadable: readonly string[] = [];
  const subjectOf = (id: string) => names.record("subscription", id);

  async function look(id: string): Promise<{ known: Known | undefined; revision: number } | undefined> {
    const kept = await records.read<Written>(subjectOf(id));
    if (kept === undefined) return undefined;
    if (!isWritten(kept.value, id)) return { known: undefined, revision: kept.revision };
    const { spec, since = kept.time.toISOString() } = kept.value;
    return { known: { spec, since }, revision: kept.revision };
  }

  return {
    async ensure(spec) {
      for (;;) {
        const found = await look(spec.id);
        if (found?.known === undefined) {
          // Nothing there, or nothing that could be read: whoever has the subscription says what it is.
          const before = cache.get(spec.id);
          const written: Written = before === undefined ? { spec } : { spec, since: before.since };
          await records.write(subjectOf(spec.id), written, found?.revision ?? 0);
          continue;
        }
        const { spec: there, since } = found.known;
        if (there.order !== spec.order) {
          throw new OrreryError(busErrors.BUS_SUBSCRIPTION_CONFLICT, {
            given: `${spec.id}: order ${there.order}, asked ${spec.order}`,
          });
        }
        const wanted = { ...spec, from: there.from };
        if (!sameFilter(there, spec)) {
          const written = await records.write(subjectOf(spec.id), { spec: wanted, since }, found.revision);
          if (written === undefined) continue;
        }
        const known = { spec: wanted, since };
        cache.set(spec.id, known);
        return known;
      }
    },
    async known(id) {
      const cached = cache.get(id);
      if (cached !== undefined) return cached;
      const found = await look(id);
      if (found === undefined) throw new OrreryError(busErrors.BUS_SUBSCRIPTION_MISSING, { given: id });
      if (found.known === undefined)
        throw new OrreryError(busNatsErrors.NATS_RECORD_UNREADABLE, { given: id });
      cache.set(id, found.known);
      return found.known;
    },
    async remove(id) {
      cache.delete(id);
      for (const kind of ["position", "seen", "subscription"] as const)
        await records.remove(names.record(kind, id));
    },
    async restore() {
      for (const [id, { spec, since }] of cache) await records.write(subjectOf(id), { spec, since }, 0);
    },
    async all() {
      const kept = await records.all<Written>(names.recordsOf("subscription"));
      const strange: string[] = [];
      const specs: SubscriptionSpec[] = [];
      for (const { subject, value } of kept) {
        if (isWritten(value) && subjectOf(value.spec.id) === subject) specs.push(value.spec);
        else strange.push(subject);
      }
      unreadable = strange;
      return specs;
    },
    unreadable: () => unreadable,
  };
}

function isWritten(value: Written | undefined, id?: string): value is Written {
  const spec = value?.spec as Partial<SubscriptionSpec> | undefined;
  return (
    typeof spec?.id === "string" &&
    (id === undefined || spec.id === id) &&
    Array.isArray(spec.types) &&
    spec.types.every((type) => typeof type === "string") &&
    (spec.worlds === undefined || Array.isArray(spec.worlds)) &&
    (spec.order === "key" || spec.order === "none")
  );
}

const sameFilter = (a: SubscriptionSpec, b: SubscriptionSpec) =>
  JSON.stringify([a.types, a.worlds]) === JSON.stringify([b.types, b.worlds]);
