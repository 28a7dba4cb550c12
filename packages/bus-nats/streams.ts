import { DiscardPolicy, RetentionPolicy, StorageType, type StreamConfig } from "@nats-io/jetstream";
import { apiCode, type Connection } from "./connection.ts";
import type { Names } from "./names.ts";
import type { Resolved } from "./options.ts";

const NANOS_PER_MS = 1_000_000;
const NAME_TAKEN = 10_058;

/** The streams of a deployment: one per world, and three for retries, dead letters and records. */
export interface Streams {
  /** Once per process and world. */
  ensureWorld(world: string): Promise<void>;
  /** Names of every world's stream that exists. */
  worlds(): Promise<string[]>;
  /** Sets a stream apart from another that had its name before: places in one mean nothing in the other. */
  incarnation(stream: string): Promise<string>;
  /** A publish found no stream: look again next time. */
  forget(world: string): void;
}

export async function openStreams(
  { nc, jsm }: Connection,
  names: Names,
  options: Resolved,
): Promise<Streams> {
  const ensured = new Map<string, Promise<void>>();

  async function ensure(name: string, subject: string, terms: Partial<StreamConfig>): Promise<boolean> {
    const storage = options.storage === "file" ? StorageType.File : StorageType.Memory;
    try {
      await jsm.streams.add({
        name,
        subjects: [subject],
        storage,
        num_replicas: options.replicas,
        discard: DiscardPolicy.New,
        allow_direct: true,
        ...terms,
      });
      return true;
    } catch (error) {
      // Somebody made it with other limits: theirs stand.
      if (apiCode(error) === NAME_TAKEN) return false;
      throw error;
    }
  }

  async function makeWorld(world: string): Promise<void> {
    await ensure(names.worldStream(world), names.worldSubjects(world), {
      duplicate_window: options.dedupMs * NANOS_PER_MS,
      max_age: options.maxAgeMs * NANOS_PER_MS,
      ...(options.maxAgeMs > 0 ? { discard: DiscardPolicy.Old } : {}),
    });
    nc.publish(names.newWorld);
  }

  await Promise.all([
    ensure(names.retries, `${names.prefix}.retry.>`, { retention: RetentionPolicy.Workqueue }),
    ensure(names.letters, `${names.prefix}.dead.>`, {}),
    ensure(names.records, `${names.prefix}.record.>`, {
      max_msgs_per_subject: 1,
      discard: DiscardPolicy.Old,
      allow_direct: false,
    }),
  ]);

  return {
    ensureWorld(world) {
      const known = ensured.get(world);
      if (known !== undefined) return known;
      const making = makeWorld(world);
      ensured.set(world, making);
      making.catch(() => ensured.delete(world));
      return making;
    },
    async worlds() {
      const found: string[] = [];
      for await (const name of jsm.streams.names(names.worlds)) found.push(name);
      return found.sort();
    },
    async incarnation(stream) {
      const { created } = await jsm.streams.info(stream);
      return `${stream}@${created}`;
    },
    forget: (world) => void ensured.delete(world),
  };
}
