import { cpSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemoryTransport, type Publisher, type VirtualClock, virtualClock } from "@orrery/bus";
import { codecs, fingerprint } from "@orrery/schema/registry";
import { SnapshotService } from "@orrery/schema/router/v1";
import {
  createLogger,
  type Host,
  type Kit,
  type RunningService,
  type ServiceDefinition,
  keepSections,
  partsOf,
  startHost,
} from "@orrery/service";
import { type Codec, type InitOf, type MessageOf, openFrame } from "@orrery/wire";
import type { AggregatePart } from "./define.ts";
import { recoverShard } from "./recover.ts";
import { handlersOf } from "./shard.ts";
import { createShardCounts } from "./sharding/counts.ts";
import { partOf } from "./sharding/names.ts";
import { watchDerived } from "./state/derived.ts";
import { bytesOfState } from "./state/whole.ts";
import type { AnyState } from "./state/state.ts";
import type { ShardWorlds } from "./worlds.ts";

/**
 * Several services under one virtual clock, on one broker that outlives their restarts, each with a database of its own.
 * Whatever they take in, each state is then read back from its database, its inputs handled again, and compared.
 */
export interface TestServices {
  readonly host: Host;
  readonly clock: VirtualClock;
  /** Says an event as a service outside does: under one identity for each source and world. */
  tell<C extends Codec>(world: string, source: string, codec: C, event: InitOf<C>): Promise<void>;
  /** Lets this much time pass, ms, and looks at all states. @throws when one is not what its database gives back */
  pass(ms?: number): Promise<void>;
  state<S extends AnyState>(aggregate: AggregatePart<S, any>, world: string): S;
  /** Events of a type that anybody has said so far, in the order in which they were heard. */
  said<C extends Codec>(codec: C): readonly MessageOf<C>[];
  /** What who comes now, and looks at all regions, is told of a type by these services. */
  shown<C extends Codec>(world: string, codec: C): Promise<readonly MessageOf<C>[]>;
  /** Stops all of them cleanly and starts them again. */
  restart(how?: RestartAs): Promise<void>;
  stop(): Promise<void>;
}

/** What differs after a restart. */
export interface RestartAs {
  /** Their databases are as a kill leaves them: nothing of the clean stop is in them. */
  readonly killed?: boolean;
  /** Real time that has gone by when they start again, ms; nothing of it is lived through. */
  readonly afterMs?: number;
  /** The same services, by other code. */
  readonly services?: readonly ServiceDefinition<any>[];
  /** Which of them take on what their code makes of inputs that other code handled. */
  readonly adopt?: readonly string[];
}

/** Who asks what newcomers are told. */
const ROUTER = { role: "service", id: "router", scopes: [] } as const;
const STEP_MS = 100;
const SETTLE_MS = 500;

export async function testServices(
  services: readonly ServiceDefinition<any>[],
  env: Readonly<Record<string, string>> = {},
): Promise<TestServices> {
  const data = mkdtempSync(join(tmpdir(), "orrery-services-"));
  const clock = virtualClock();
  const transport = { ...createMemoryTransport({ clock }), close: async () => {} };
  const events = [...codecs.values()].filter(({ event }) => event !== undefined);
  const outsideTypes = events.map(({ typeName }) => typeName);
  /** By publisher and sequence: what is delivered twice was said once. */
  const heard = new Map<string, { readonly type: string; readonly payload: Uint8Array }>();
  let publishers = new Map<string, Publisher>();
  let running = services;
  let round = 1;
  let awayMs = 0;
  let host: Host;

  async function start(adopt: readonly string[] = []): Promise<void> {
    const storeUrl = (id: string) => join(data, `${id}.db`);
    const log = createLogger("silent");
    host = await startHost({
      services: running,
      transport,
      outsideTypes,
      storeUrl,
      env,
      log,
      clock,
      hostClock: () => clock.now() + awayMs,
      adopt,
      // Aggregates of one test are in one file: what tells their code apart is that they are others.
      versionOf: async () => `code-${round}`,
    });
    publishers = new Map();
    const subscription = host.surroundings.bus.subscribe({
      id: "test/witness",
      types: outsideTypes,
      order: "key",
      from: "earliest",
      handleFrame(batch) {
        for (const { publisher, sequence, type, payload } of batch.events())
          if (!heard.has(`${publisher}/${sequence}`))
            heard.set(`${publisher}/${sequence}`, { type, payload: payload.slice() });
      },
    });
    await during(subscription.ready);
  }

  /** Time goes on while something is waited for. */
  async function during<T>(promise: Promise<T>): Promise<T> {
    let open = true;
    void promise.catch(() => undefined).finally(() => (open = false));
    while (open) await clock.advance(STEP_MS);
    return promise;
  }

  const stop = () => during(host.stop());
  await start();
  return {
    get host() {
      return host;
    },
    clock,
    async tell(world, source, codec, event) {
      const name = `${source}/${world}`;
      let publisher = publishers.get(name);
      if (publisher === undefined) {
        publisher = host.surroundings.bus.publisher({ source, world, fingerprint });
        publishers.set(name, publisher);
      }
      await during(Promise.resolve(publisher.publish(codec, event)));
    },
    async pass(ms = SETTLE_MS) {
      for (let left = ms; left > 0; left -= STEP_MS) await clock.advance(Math.min(left, STEP_MS));
      for (const running of host.running()) await during(checkStates(running));
    },
    state(aggregate, world) {
      const running = host
        .running()
        .find(({ definition }) => aggregatesOf(definition).some((one) => Object.is(one, aggregate)));
      if (running === undefined) throw new Error("none of these services has this aggregate");
      return running.kit.part(aggregate).state(world);
    },
    said: (codec) =>
      [...heard.values()]
        .filter(({ type }) => type === codec.typeName)
        .map(({ payload }) => codec.decode(payload)),
    async shown(world, codec) {
      const { directory } = host;
      const asked = directory
        .served()
        .filter(({ service }) => service.typeName === SnapshotService.typeName)
        .map(({ serviceId }) => directory.clientOf(serviceId, SnapshotService, ROUTER));
      const answers = asked.map((client) => client.snapshot({ worldId: world, regionIds: ["*"] }));
      const frames = (await during(Promise.all(answers))).map(({ frame }) => openFrame(frame));
      const events = frames.flatMap((frame) => [...frame.events()]);
      return events.filter(({ type }) => type === codec.typeName).map((event) => event.decode(codec));
    },
    async restart({ killed = false, services: others = running, adopt = [], afterMs = 0 } = {}) {
      const kept = `${data}-kept`;
      if (killed) cpSync(data, kept, { recursive: true });
      await stop();
      if (killed) {
        rmSync(data, { recursive: true });
        renameSync(kept, data);
      }
      if (others !== running) round += 1;
      running = others;
      awayMs += afterMs;
      await start(adopt);
      await clock.advance(SETTLE_MS);
    },
    async stop() {
      await stop();
      rmSync(data, { recursive: true });
    },
  };
}

/** Whatever came in between the look at a state and at its database: a state that is wrong stays so. */
const LOOKS = 3;

/** @throws when a state is not what its database gives back: it was changed outside of its inputs, or by more than they say */
async function checkStates({ definition, kit }: RunningService): Promise<void> {
  for (const aggregate of aggregatesOf(definition)) {
    const worlds = kit.part(aggregate);
    for (const shard of worlds.shards)
      for (const world of shard.ids()) {
        let looks = 0;
        while (!(await isKept(kit, aggregate, shard, world)))
          if (++looks === LOOKS)
            throw new Error(
              `the state of ${world} in ${definition.id} is not what its inputs make of it: something changed it besides, or a value does not survive being written`,
            );
      }
  }
}

type AnyAggregate = AggregatePart<any, Codec>;

/** Of a service's parts those that are aggregates, wherever it names them. */
const aggregatesOf = (definition: ServiceDefinition<any>): readonly AnyAggregate[] =>
  partsOf(definition).filter((part): part is AnyAggregate => "emits" in part);

async function isKept(
  kit: Kit,
  aggregate: AnyAggregate,
  worlds: ShardWorlds,
  world: string,
): Promise<boolean> {
  await worlds.settled(world);
  watchDerived(aggregate).check(
    `what ${world} in ${kit.service} took in`,
    worlds.state(world),
    worlds.derived(world),
  );
  const live = bytesOfState(aggregate.state, worlds.state(world));
  const part = partOf(aggregate.name, worlds.shard);
  const facts = { service: kit.service, world, part, fingerprint };
  const codeVersion = await kit.versionOf(aggregate.definedIn);
  const counts = createShardCounts(kit, aggregate);
  const sections = keepSections(kit.store);
  const wholes = { openMessage: kit.personal.openMessage, section: sections.section };
  const handlers = handlersOf(aggregate);
  const keeping = { kit, part, counts, aggregate, handlers, codeVersion, sections, wholes };
  const back = await recoverShard(keeping, facts);
  if (back !== undefined)
    watchDerived(aggregate).check(
      `a recovery of ${world} in ${kit.service}`,
      back.shard.state,
      back.shard.derived,
    );
  return back !== undefined && Buffer.compare(live, bytesOfState(aggregate.state, back.shard.state)) === 0;
}
