import { OrreryError } from "@orrery/wire";
import { busErrors } from "../errors.ts";
import type { FrameHead } from "@orrery/wire";
import type { SubscriptionSpec, Topology } from "../transport.ts";
import type { Groups } from "./groups.ts";

/** Position per partition at which a new subscription begins. */
export type Starts = Readonly<Record<string, number>>;

export function createTopology(groups: Groups, endsNow: () => Starts) {
  const { db } = groups;
  const addTopic = db.prepare("INSERT OR IGNORE INTO topics VALUES (?, ?)");
  const addSubscription = db.prepare("INSERT OR IGNORE INTO subscriptions VALUES (?, ?, ?)");
  const updateSpec = db.prepare("UPDATE subscriptions SET spec = ? WHERE id = ?");
  const find = db.prepare("SELECT spec, starts FROM subscriptions WHERE id = ?");
  const all = db.prepare("SELECT spec FROM subscriptions ORDER BY id");
  const topics = new Set<string>();

  function get(id: string): { spec: SubscriptionSpec; starts: Starts } | undefined {
    const row = find.get(id) as { spec: string; starts: string } | undefined;
    return row === undefined ? undefined : { spec: JSON.parse(row.spec), starts: JSON.parse(row.starts) };
  }

  return {
    ensure(topology: Topology): void {
      groups.write(() => {
        for (const { service, lane } of topology.topics) {
          addTopic.run(service, lane);
          topics.add(`${service}/${lane}`);
        }
        for (const spec of topology.subscriptions) {
          const known = get(spec.id);
          if (known === undefined) {
            const starts = spec.from === "latest" ? endsNow() : {};
            addSubscription.run(spec.id, JSON.stringify(spec), JSON.stringify(starts));
          } else if (known.spec.order !== spec.order) {
            throw new OrreryError(busErrors.BUS_SUBSCRIPTION_CONFLICT, {
              given: `${spec.id}: order ${known.spec.order}, asked ${spec.order}`,
            });
          } else updateSpec.run(JSON.stringify(spec), spec.id);
        }
      });
    },
    checkTopic(head: FrameHead): void {
      if (topics.has(`${head.source}/${head.lane}`)) return;
      throw new OrreryError(busErrors.BUS_TOPIC_MISSING, { given: `${head.source}, lane ${head.lane}` });
    },
    get(id: string): { spec: SubscriptionSpec; starts: Starts } {
      const known = get(id);
      if (known === undefined) throw new OrreryError(busErrors.BUS_SUBSCRIPTION_MISSING, { given: id });
      return known;
    },
    all: () => (all.all() as { spec: string }[]).map((row) => JSON.parse(row.spec) as SubscriptionSpec),
  };
}
