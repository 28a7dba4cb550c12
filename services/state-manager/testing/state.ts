import { createMemoryTransport } from "@orrery/bus";
import { fingerprint } from "@orrery/schema/registry";
import { TimerFired } from "@orrery/schema/time/v1";
import { type CollectionRefusal, PackCollections, StateService } from "@orrery/schema/state/v1";
import { type PackInit, PackRevised, WorldArchived, WorldCreated } from "@orrery/schema/world/v1";
import { type Caller, createLogger, type Host, startHost, systemClock } from "@orrery/service";
import { openFrame } from "@orrery/wire";
import type { Client } from "@connectrpc/connect";
import { collections } from "../collections/part.ts";
import { objects } from "../objects.ts";
import service from "../service.ts";
import type { StateTables } from "../tables.ts";

/** Events that others publish and this service hears. */
const OUTSIDE = [WorldCreated, WorldArchived, PackRevised, TimerFired].map(({ typeName }) => typeName);

/** An event as this service published it. */
export interface Heard {
  readonly type: string;
  readonly world: string;
  readonly key: string;
  readonly payload: Uint8Array;
  readonly publisher: string;
  readonly sequence: number;
}

/** The service alone, with a world `w`. */
export interface TestState {
  readonly host: Host;
  readonly url: string;
  client(caller?: Partial<Caller>): Client<typeof StateService>;
  player(id: string): Client<typeof StateService>;
  /** What was published so far, in order. */
  readonly heard: readonly Heard[];
  /** Moves the service's clock. */
  later(ms: number): void;
  createWorld(worldId: string, pack?: PackInit, forkOf?: string): Promise<void>;
  /** Tells of an edit, and waits until it is taken up or refused. @returns why it was refused */
  revise(worldId: string, revision: number, pack: PackInit): Promise<CollectionRefusal[]>;
  stop(): Promise<void>;
}

export async function startState(
  url = ":memory:",
  env: Readonly<Record<string, string>> = {},
  worlds: readonly string[] = ["w"],
): Promise<TestState> {
  let offset = 0;
  const clock = { now: () => systemClock.now() + offset, sleep: systemClock.sleep };
  const transport = createMemoryTransport();
  const heard: Heard[] = [];
  const seen = new Set<string>();
  const host = await startHost({
    services: [service],
    transport: {
      ...transport,
      features: transport.features,
      async publish(frames) {
        for (const bytes of frames) {
          const frame = openFrame(bytes);
          if (frame.source !== service.id || seen.has(`${frame.publisher} ${frame.firstSequence}`)) continue;
          seen.add(`${frame.publisher} ${frame.firstSequence}`);
          for (const event = frame.cursor(); event.next(); )
            heard.push({
              type: event.type,
              world: frame.world,
              key: event.key,
              payload: event.payload.slice(),
              publisher: frame.publisher,
              sequence: event.sequence,
            });
        }
        await transport.publish(frames);
      },
    },
    storeUrl: () => url,
    outsideTypes: OUTSIDE,
    env,
    clock,
    log: createLogger("silent"),
  });
  const kit = host.running()[0]?.kit;
  if (kit === undefined) throw new Error("the service did not start");

  async function createWorld(worldId: string, pack?: PackInit, forkOf?: string): Promise<void> {
    const operator = host.surroundings.bus.publisher({ source: "operator", world: worldId, fingerprint });
    await operator.publish(WorldCreated, {
      worldId,
      seed: "s",
      epochMs: 0,
      rate: 60,
      ...(pack && { pack }),
      ...(forkOf && { forkedFrom: { worldId: forkOf } }),
    });
    await operator.flush();
    while (!kit?.part(collections).knows(worldId)) await systemClock.sleep(2);
  }
  async function revise(worldId: string, revision: number, pack: PackInit): Promise<CollectionRefusal[]> {
    const operator = host.surroundings.bus.publisher({ source: "operator", world: worldId, fingerprint });
    await operator.publish(PackRevised, { packId: pack.id ?? "", revision, pack });
    await operator.flush();
    for (; ; await systemClock.sleep(2)) {
      const row = await kit?.store
        .as<StateTables>()
        .selectFrom("world")
        .selectAll()
        .where("id", "=", worldId)
        .executeTakeFirst();
      const kept = PackCollections.decode(row?.collections ?? new Uint8Array());
      if (kept.seenRevision >= revision) return kept.refusals;
    }
  }
  for (const worldId of worlds) await createWorld(worldId);
  while (!kit.part(objects).active) await systemClock.sleep(20);
  const client = (caller: Partial<Caller> = {}) =>
    host.directory.client(StateService, { role: "service", id: "tester", scopes: [], ...caller });
  return {
    host,
    url,
    client,
    player: (id) => client({ role: "player", id }),
    heard,
    later: (ms) => void (offset += ms),
    createWorld,
    revise,
    stop: () => host.stop(),
  };
}
