import type { Delivery } from "@orrery/bus";
import { SAMPLE, type Scene } from "./scene.ts";

/** A member without a bus, which would drop doubles and renew leases: it sees what really arrives. */
export interface RawMember {
  /** What comes until nothing has come for `quietMs`, or until there are so many. */
  take(most?: number, quietMs?: number): Promise<Delivery[]>;
  /** The same, settled; answers how many frames. */
  settleAll(quietMs?: number): Promise<number>;
  close(): Promise<void>;
}

export interface RawMemberTerms {
  readonly order?: "key" | "none";
  readonly types?: readonly string[];
}

export const QUIET_MS = 300;
const PULL = 64;

export async function rawMember(scene: Scene, id: string, terms: RawMemberTerms = {}): Promise<RawMember> {
  const transport = await scene.connect();
  const { order = "none", types = [SAMPLE.typeName] } = terms;
  const spec = { id, types, order, from: "latest" } as const;
  await transport.ensure({ topics: [], subscriptions: [spec] });
  const consumer = await transport.open(spec);

  async function pull(most: number, quietMs: number): Promise<readonly Delivery[]> {
    const patience = new AbortController();
    const done = new AbortController();
    void scene.clock.sleep(quietMs, done.signal).then(() => patience.abort());
    const room = scene.features.maxFrameBytes * PULL;
    const deliveries = await consumer.pull(Math.min(most, PULL), room, patience.signal);
    done.abort();
    return deliveries;
  }

  async function take(most = Infinity, quietMs = QUIET_MS): Promise<Delivery[]> {
    const all: Delivery[] = [];
    while (all.length < most) {
      const some = await pull(most - all.length, quietMs);
      if (some.length === 0) break;
      all.push(...some);
    }
    return all;
  }

  return {
    take,
    async settleAll(quietMs = QUIET_MS) {
      for (let frames = 0; ; ) {
        const some = await pull(PULL, quietMs);
        if (some.length === 0) return frames;
        frames += some.length;
        // Together: one after another may outlast the lease where every settlement is a call.
        await Promise.all(some.map((delivery) => delivery.settle()));
      }
    },
    close: () => consumer.close(),
  };
}
