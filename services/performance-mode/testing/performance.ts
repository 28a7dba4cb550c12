import type { Client } from "@connectrpc/connect";
import { createMemoryTransport } from "@orrery/bus";
import { SubjectErased } from "@orrery/schema/bus/v1";
import { PerformanceService } from "@orrery/schema/performance/v1";
import { fingerprint } from "@orrery/schema/registry";
import { ClientConnected, ClientDisconnected } from "@orrery/schema/router/v1";
import { ContentPolicyIssued, SettingChanged } from "@orrery/schema/settings/v1";
import { type Caller, createLogger, type Host, type Kit, startHost, systemClock } from "@orrery/service";
import { type Codec, type InitOf, type MessageOf, openFrame } from "@orrery/wire";
import service from "../service.ts";
import { keeper } from "../write/keeper.ts";

/** An event as this service published it. */
interface Heard {
  readonly type: string;
  readonly world: string;
  readonly key: string;
  readonly payload: Uint8Array;
}

export type Calls = Client<typeof PerformanceService>;

/** The service alone, on a database of its own. */
export interface TestPerformance {
  readonly kit: Kit;
  readonly host: Host;
  readonly admin: Calls;
  player(id: string): Calls;
  /** Says something in another's name. */
  say<C extends Codec>(world: string, codec: C, init: InitOf<C>): Promise<void>;
  /** A client comes in, on the device `pc`. Resolves when its session is told. */
  connect(
    session: string,
    player: string,
    more?: InitOf<typeof ClientConnected>,
    world?: string,
  ): Promise<void>;
  /** What was published so far of a type, each once, in order. */
  heard<C extends Codec>(codec: C): (MessageOf<C> & { readonly $world: string; readonly $key: string })[];
  /** Moves both clocks. */
  later(ms: number): void;
  /** A key that was not used before. */
  key(): string;
  until(holds: () => boolean | Promise<boolean>): Promise<void>;
  /** Ends it and starts it again on the same database. */
  restart(): Promise<TestPerformance>;
  stop(): Promise<void>;
}

let keys = 0;

export async function startPerformance(
  url: string,
  given: { readonly offsetMs?: number; readonly instance?: string } = {},
): Promise<TestPerformance> {
  let offset = given.offsetMs ?? 0;
  const transport = createMemoryTransport();
  const frames: Heard[] = [];
  const seen = new Set<string>();
  const clock = { now: () => systemClock.now() + offset, sleep: systemClock.sleep };
  const host = await startHost({
    services: [service],
    transport: {
      ...transport,
      features: transport.features,
      async publish(all) {
        for (const bytes of all) {
          const frame = openFrame(bytes);
          const name = `${frame.publisher} ${frame.firstSequence}`;
          if (frame.source !== service.id || seen.has(name)) continue;
          seen.add(name);
          for (const event = frame.cursor(); event.next(); )
            frames.push({
              type: event.type,
              key: event.key,
              world: frame.world,
              payload: event.payload.slice(),
            });
        }
        await transport.publish(all);
      },
    },
    storeUrl: () => url,
    outsideTypes: [
      ClientConnected,
      ClientDisconnected,
      SubjectErased,
      SettingChanged,
      ContentPolicyIssued,
    ].map(({ typeName }) => typeName),
    env: {},
    ...(given.instance !== undefined && { instance: given.instance }),
    clock,
    hostClock: () => clock.now(),
    log: createLogger("silent"),
  });
  const kit = host.running()[0]?.kit;
  if (kit === undefined) throw new Error("the service did not start");
  const until: TestPerformance["until"] = async (holds) => {
    for (let tries = 0; !(await holds()); tries++) {
      if (tries > 2_000) throw new Error("it never came to that");
      await systemClock.sleep(5);
    }
  };
  await until(() => kit.part(keeper).active);
  const as = (caller: Caller): Calls => host.directory.client(PerformanceService, caller);
  const say: TestPerformance["say"] = async (world, codec, init) => {
    const publisher = host.surroundings.bus.publisher({ source: "test", world, fingerprint });
    await publisher.publish(codec, init as never);
    await publisher.close();
  };
  return {
    kit,
    host,
    admin: as({ role: "admin", id: "operator", scopes: [] }),
    player: (id) => as({ role: "player", id, scopes: [] }),
    say,
    async connect(sessionId, playerId, more = {}, world = "vale") {
      const who = {
        sessionId,
        playerId,
        deviceId: "pc",
        engine: "unreal",
        engineVersion: "5.6.1",
        platform: "Win64",
      };
      await say(world, ClientConnected, { ...who, atMs: clock.now(), ...more });
      await until(() => kit.part(keeper).open.get(sessionId) !== undefined);
    },
    heard: (codec) =>
      frames
        .filter(({ type }) => type === codec.typeName)
        .map(({ payload, world, key }) => ({
          ...(codec.decode(payload) as object),
          $world: world,
          $key: key,
        })) as never,
    later: (ms) => void (offset += ms),
    key: () => `test-key-${++keys}`,
    until,
    async restart() {
      await host.stop();
      return startPerformance(url, { offsetMs: offset });
    },
    stop: () => host.stop(),
  };
}
