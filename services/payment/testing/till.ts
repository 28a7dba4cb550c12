import type { DescService } from "@bufbuild/protobuf";
import type { Client } from "@connectrpc/connect";
import { createMemoryTransport } from "@orrery/bus";
import { SubjectErased } from "@orrery/schema/bus/v1";
import { BillingService, LocalProviderService, WalletService } from "@orrery/schema/payment/v1";
import { fingerprint } from "@orrery/schema/registry";
import { HookService } from "@orrery/schema/router/v1";
import { TimerFired } from "@orrery/schema/time/v1";
import { WorldArchived, WorldCreated } from "@orrery/schema/world/v1";
import { type Caller, createLogger, type Host, type Kit, startHost, systemClock } from "@orrery/service";
import { type Codec, type MessageOf, openFrame } from "@orrery/wire";
import { book } from "../book.ts";
import service from "../service.ts";
import type { PaymentTables } from "../tables.ts";

/** Events that others publish and this service hears. */
const OUTSIDE = [WorldCreated, WorldArchived, TimerFired, SubjectErased].map(({ typeName }) => typeName);

interface Heard {
  readonly type: string;
  readonly world: string;
  readonly key: string;
  readonly payload: Uint8Array;
}

/** The service alone, with a world `w`. */
export interface TestTill {
  readonly kit: Kit;
  readonly host: Host;
  client<S extends DescService>(service: S, caller?: Partial<Caller>): Client<S>;
  readonly wallet: Client<typeof WalletService>;
  readonly billing: Client<typeof BillingService>;
  readonly operator: Client<typeof WalletService>;
  readonly local: Client<typeof LocalProviderService>;
  readonly hooks: Client<typeof HookService>;
  /** What was published so far, each once, in order. */
  events<C extends Codec>(codec: C): MessageOf<C>[];
  /** Moves the service's clock. */
  later(ms: number): void;
  createWorld(worldId: string): Promise<void>;
  /** Until it is so. @throws after 10 s */
  until(holds: () => boolean | Promise<boolean>): Promise<void>;
  stop(): Promise<void>;
}

export async function startTill(
  url = ":memory:",
  env: Readonly<Record<string, string>> = {},
): Promise<TestTill> {
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
          const name = `${frame.publisher} ${frame.firstSequence}`;
          if (frame.source !== service.id || seen.has(name)) continue;
          seen.add(name);
          for (const event = frame.cursor(); event.next(); )
            heard.push({
              type: event.type,
              world: frame.world,
              key: event.key,
              payload: event.payload.slice(),
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

  async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
    const end = systemClock.now() + 10_000;
    while (!(await holds())) {
      if (systemClock.now() > end) throw new Error("it did not come about");
      await systemClock.sleep(2);
    }
  }
  const knows = async (id: string) =>
    (await kit.store
      .as<PaymentTables>()
      .selectFrom("world")
      .select("id")
      .where("id", "=", id)
      .executeTakeFirst()) !== undefined;
  async function createWorld(worldId: string): Promise<void> {
    const operator = host.surroundings.bus.publisher({ source: "operator", world: worldId, fingerprint });
    await operator.publish(WorldCreated, { worldId, seed: "s", epochMs: 0, rate: 60 });
    await operator.flush();
    await until(() => knows(worldId));
  }
  await until(() => kit.part(book).active);
  await createWorld("w");
  const client = <S extends DescService>(of: S, caller: Partial<Caller> = {}) =>
    host.directory.client(of, { role: "service", id: "tester", scopes: [], ...caller });
  const admin = { role: "admin", id: "ada" } as const;
  return {
    ...{ kit, host, client, createWorld, until },
    wallet: client(WalletService),
    billing: client(BillingService, admin),
    operator: client(WalletService, admin),
    local: client(LocalProviderService, admin),
    hooks: client(HookService),
    events: (codec) =>
      heard
        .filter(({ type }) => type === codec.typeName)
        .map(({ payload }) => codec.decode(payload) as MessageOf<typeof codec>),
    later: (ms) => void (offset += ms),
    stop: () => host.stop(),
  };
}
