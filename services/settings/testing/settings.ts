import type { Client } from "@connectrpc/connect";
import { createMemoryTransport } from "@orrery/bus";
import { SubjectErased } from "@orrery/schema/bus/v1";
import { EntitlementChanged } from "@orrery/schema/payment/v1";
import { ContentService, FlagService, SettingsService, TierService } from "@orrery/schema/settings/v1";
import { type Caller, createLogger, type Host, type Kit, startHost, systemClock } from "@orrery/service";
import { type Codec, type MessageOf, openFrame } from "@orrery/wire";
import service from "../service.ts";
import { keeper } from "../write/keeper.ts";

/** An event as this service published it. */
interface Heard {
  readonly type: string;
  readonly world: string;
  readonly key: string;
  readonly payload: Uint8Array;
  readonly publisher: string;
  readonly sequence: number;
}

export interface Calls {
  readonly settings: Client<typeof SettingsService>;
  readonly flags: Client<typeof FlagService>;
  readonly tiers: Client<typeof TierService>;
  readonly content: Client<typeof ContentService>;
}

/** The service alone, on a database of its own. */
export interface TestSettings {
  readonly kit: Kit;
  readonly host: Host;
  as(caller: Partial<Caller>): Calls;
  readonly admin: Calls;
  readonly service: Calls;
  player(id: string, scopes?: readonly string[]): Calls;
  /** What was published so far of a type, each once, in order. */
  heard<C extends Codec>(codec: C): (MessageOf<C> & { readonly $world: string; readonly $key: string })[];
  readonly frames: readonly Heard[];
  /** Moves the host's clock. */
  later(ms: number): void;
  /** A key that was not used before. */
  key(): string;
  /** Waits until something is so. */
  until(holds: () => boolean | Promise<boolean>): Promise<void>;
  /** Ends it and starts it again on the same database. */
  restart(): Promise<TestSettings>;
  stop(): Promise<void>;
}

let keys = 0;

export async function startSettings(
  url: string,
  {
    offsetMs = 0,
    env = {},
    instance,
  }: { offsetMs?: number; env?: Readonly<Record<string, string>>; instance?: string } = {},
): Promise<TestSettings> {
  let offset = offsetMs;
  const transport = createMemoryTransport();
  const frames: Heard[] = [];
  const seen = new Set<string>();
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
          for (const event = frame.cursor(); event.next(); ) {
            const { type, key, sequence } = event;
            const { publisher, world } = frame;
            frames.push({ type, key, sequence, publisher, world, payload: event.payload.slice() });
          }
        }
        await transport.publish(all);
      },
    },
    storeUrl: () => url,
    outsideTypes: [SubjectErased.typeName, EntitlementChanged.typeName],
    env,
    ...(instance !== undefined && { instance }),
    hostClock: () => systemClock.now() + offset,
    log: createLogger("silent"),
  });
  const kit = host.running()[0]?.kit;
  if (kit === undefined) throw new Error("the service did not start");
  const until: TestSettings["until"] = async (holds) => {
    for (let tries = 0; !(await holds()); tries++) {
      if (tries > 2_000) throw new Error("it never came to that");
      await systemClock.sleep(5);
    }
  };
  await until(() => kit.part(keeper).active);
  const as = (caller: Partial<Caller>): Calls => {
    const whole: Caller = { role: "admin", id: "operator", scopes: [], ...caller };
    return {
      settings: host.directory.client(SettingsService, whole),
      flags: host.directory.client(FlagService, whole),
      tiers: host.directory.client(TierService, whole),
      content: host.directory.client(ContentService, whole),
    };
  };
  return {
    kit,
    host,
    as,
    admin: as({}),
    service: as({ role: "service", id: "router" }),
    player: (id, scopes = []) => as({ role: "player", id, scopes }),
    heard: (codec) =>
      frames
        .filter(({ type }) => type === codec.typeName)
        .map(({ payload, world, key }) => ({
          ...(codec.decode(payload) as object),
          $world: world,
          $key: key,
        })) as never,
    frames,
    later: (ms) => void (offset += ms),
    key: () => `test-key-${++keys}`,
    until,
    async restart() {
      await host.stop();
      return startSettings(url, { offsetMs: offset, env });
    },
    stop: () => host.stop(),
  };
}

export const bool = (value: boolean) => ({ kind: { case: "boolValue", value } as const });
export const int = (value: number) => ({ kind: { case: "intValue", value } as const });
export const double = (value: number) => ({ kind: { case: "doubleValue", value } as const });
export const string = (value: string) => ({ kind: { case: "stringValue", value } as const });
