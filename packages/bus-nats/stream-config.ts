import { DiscardPolicy, RetentionPolicy, StorageType, type StreamConfig } from "@nats-io/jetstream";
import type { Names } from "./names.ts";
import type { Resolved } from "./options.ts";

const NANOS_PER_MS = 1_000_000;

export type Wanted = Partial<StreamConfig> & { readonly name: string; readonly subjects: string[] };

/** What the streams of a deployment must be like. */
export function createStreamConfigs(names: Names, options: Resolved) {
  const common = {
    storage: options.storage === "file" ? StorageType.File : StorageType.Memory,
    num_replicas: options.replicas,
    discard: DiscardPolicy.New,
    allow_direct: true,
  };
  const base: readonly Wanted[] = [
    {
      ...common,
      name: names.retries,
      subjects: [`${names.prefix}.retry.>`],
      retention: RetentionPolicy.Workqueue,
    },
    { ...common, name: names.letters, subjects: [...names.deadSubjects] },
    {
      ...common,
      name: names.records,
      subjects: [`${names.prefix}.record.>`],
      max_msgs_per_subject: 1,
      discard: DiscardPolicy.Old,
      allow_direct: false,
    },
  ];
  return {
    base,
    world: (world: string): Wanted => ({
      ...common,
      name: names.worldStream(world),
      subjects: [names.worldSubjects(world)],
      duplicate_window: options.dedupMs * NANOS_PER_MS,
      max_age: options.maxAgeMs * NANOS_PER_MS,
      ...(options.maxAgeMs > 0 ? { discard: DiscardPolicy.Old } : {}),
    }),
  };
}

/** What the transport cannot do without; limits of size and age are the operator's, and stand as he set them. */
const NEEDED = ["retention", "max_msgs_per_subject", "allow_direct", "discard"] as const;

/** What of a stream has to be put back; undefined: nothing. */
export function amends(found: StreamConfig, wanted: Wanted): Partial<StreamConfig> | undefined {
  const change: Partial<StreamConfig> = {};
  if (wanted.subjects.some((subject) => !found.subjects.includes(subject))) change.subjects = wanted.subjects;
  for (const field of NEEDED) {
    if (wanted[field] !== undefined && wanted[field] !== found[field])
      Object.assign(change, { [field]: wanted[field] });
  }
  if (wanted.num_replicas !== undefined && wanted.num_replicas > found.num_replicas)
    change.num_replicas = wanted.num_replicas;
  return Object.keys(change).length > 0 ? change : undefined;
}
