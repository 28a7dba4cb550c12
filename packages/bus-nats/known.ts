import { busErrors, type SubscriptionSpec } from "@orrery/bus";
import { OrreryError } from "@orrery/wire";
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
  /** Rejects with `BUS_SUBSCRIPTION_MISSING`. */
  known(id: string): Promise<Known>;
  all(): Promise<SubscriptionSpec[]>;
  remove(id: string): Promise<void>;
}

export function createSubscriptions(records: Records, names: Names): Subscriptions {
  const cache = new Map<string, Known>();

  async function look(id: string): Promise<(Known & { readonly revision: number }) | undefined> {
    const kept = await records.read<Written>(names.record("subscription", id));
    if (kept === undefined) return undefined;
    const { spec, since = kept.time.toISOString() } = kept.value;
    return { spec, since, revision: kept.revision };
  }

  return {
    async ensure(spec) {
      const subject = names.record("subscription", spec.id);
      for (;;) {
        const found = await look(spec.id);
        if (found === undefined) {
          await records.write(subject, { spec } satisfies Written, 0);
          continue;
        }
        if (found.spec.order !== spec.order) {
          throw new OrreryError(busErrors.BUS_SUBSCRIPTION_CONFLICT, {
            given: `${spec.id}: order ${found.spec.order}, asked ${spec.order}`,
          });
        }
        const { since } = found;
        const wanted = { ...spec, from: found.spec.from };
        if (!sameFilter(found.spec, spec)) {
          const written = await records.write(subject, { spec: wanted, since }, found.revision);
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
      cache.set(id, found);
      return found;
    },
    async remove(id) {
      cache.delete(id);
      for (const kind of ["position", "seen", "subscription"] as const)
        await records.remove(names.record(kind, id));
    },
    async all() {
      const kept = await records.all<Written>(names.recordsOf("subscription"));
      return kept.map(({ value }) => value.spec);
    },
  };
}

const sameFilter = (a: SubscriptionSpec, b: SubscriptionSpec) =>
  JSON.stringify([a.types, a.worlds]) === JSON.stringify([b.types, b.worlds]);
