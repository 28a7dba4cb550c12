import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DescService } from "@bufbuild/protobuf";
import type { Client } from "@connectrpc/connect";
import { createMemoryTransport } from "@orrery/bus";
import { EngineService } from "@orrery/schema/engine/v1";
import { codecs, fingerprint } from "@orrery/schema/registry";
import { HookService } from "@orrery/schema/router/v1";
import { type Caller, createLogger, type Kit, startHost, systemClock } from "@orrery/service";
import { type Codec, type InitOf, type MessageOf, openFrame, PLATFORM } from "@orrery/wire";
import { keeper } from "../keep/keeper.ts";
import { notices } from "../notices/part.ts";
import { scheduler } from "../polling/scheduler.ts";
import service from "../service.ts";
import { worker } from "../upgrades/worker.ts";

export interface TestEngine {
  readonly kit: Kit;
  client<S extends DescService>(of: S, caller?: Partial<Caller>): Client<S>;
  /** As the operator ada. */
  readonly ada: Client<typeof EngineService>;
  readonly bob: Client<typeof EngineService>;
  /** As another service. */
  readonly other: Client<typeof EngineService>;
  readonly hooks: Client<typeof HookService>;
  /** What was published so far, over restarts, each once, in order. */
  events<C extends Codec>(codec: C): MessageOf<C>[];
  /** Somebody else says something. */
  tell<C extends Codec>(source: string, codec: C, init: InitOf<C>): Promise<void>;
  /** Time passes. */
  later(ms: number): void;
  /** The host's clock is set. */
  setHost(ms: number): void;
  /** Reads what is due, looks at upgrades and notices. */
  look(): Promise<void>;
  key(): string;
  until(holds: () => boolean | Promise<boolean>): Promise<void>;
  restart(): Promise<TestEngine>;
  stop(): Promise<void>;
}

interface Heard {
  readonly type: string;
  readonly payload: Uint8Array;
}

/** Over restarts: the time, and what was said. */
export interface Kept {
  offsetMs: number;
  hostOffMs: number;
  keys: number;
  readonly heard: Heard[];
  readonly seen: Set<string>;
}

export const fresh = (): Kept => ({ offsetMs: 0, hostOffMs: 0, keys: 0, heard: [], seen: new Set() });

/** The service alone, on a database of the caller's. */
export async function startEngine(
  url: string,
  env: Readonly<Record<string, string>> = {},
  kept = fresh(),
): Promise<TestEngine> {
  const now = () => systemClock.now() + kept.offsetMs;
  const clock = { now, sleep: systemClock.sleep };
  const transport = createMemoryTransport();
  const host = await startHost({
    services: [service],
    transport: {
      ...transport,
      features: transport.features,
      async publish(frames) {
        for (const bytes of frames) {
          const frame = openFrame(bytes);
          const name = `${frame.publisher} ${frame.firstSequence}`;
          if (frame.source !== service.id || kept.seen.has(name)) continue;
          kept.seen.add(name);
          for (const event = frame.cursor(); event.next(); )
            kept.heard.push({ type: event.type, payload: event.payload.slice() });
        }
        await transport.publish(frames);
      },
    },
    storeUrl: () => url,
    outsideTypes: [...codecs.values()].flatMap(({ event, typeName }) => (event ? [typeName] : [])),
    env,
    clock,
    hostClock: () => now() + kept.hostOffMs,
    log: createLogger("silent"),
  });
  const kit = host.running()[0]?.kit;
  if (kit === undefined) throw new Error("the service did not start");
  const client = <S extends DescService>(of: S, caller: Partial<Caller> = {}) =>
    host.directory.client(of, { role: "service", id: "tester", scopes: [], ...caller });
  const until: TestEngine["until"] = async (holds) => {
    for (let tries = 0; !(await holds()); tries++) {
      if (tries > 2_000) throw new Error("it did not come about");
      await systemClock.sleep(5);
    }
  };
  await until(() => kit.part(keeper).term > 0);
  return {
    ...{ kit, client, until },
    ada: client(EngineService, { role: "admin", id: "ada" }),
    bob: client(EngineService, { role: "admin", id: "bob" }),
    other: client(EngineService),
    hooks: client(HookService),
    events: (codec) =>
      kept.heard
        .filter(({ type }) => type === codec.typeName)
        .map(({ payload }) => codec.decode(payload) as MessageOf<typeof codec>),
    async tell(source, codec, init) {
      const publisher = host.surroundings.bus.publisher({ source, world: PLATFORM, fingerprint });
      await publisher.publish(codec, init);
      await publisher.flush();
    },
    later: (ms) => void (kept.offsetMs += ms),
    setHost: (ms) => void (kept.hostOffMs += ms),
    async look() {
      await kit.part(scheduler).look();
      await kit.part(worker).look();
      await kit.part(notices).look();
      await kit.outbox.sent();
    },
    key: () => `test-key-${++kept.keys}`,
    async restart() {
      await host.stop();
      return startEngine(url, env, kept);
    },
    stop: () => host.stop(),
  };
}

/** Writes an engines.yaml. @param subjects as the file has them @returns the setting that names it */
export function watching(
  folder: string,
  subjects: readonly object[],
): { UE_VERSION_MONITOR_ENGINES_FILE: string } {
  const file = join(folder, "engines.yaml");
  writeFileSync(file, JSON.stringify(subjects));
  return { UE_VERSION_MONITOR_ENGINES_FILE: file };
}

/** A file feed. */
export function listing(folder: string, name: string, entries: readonly object[]): void {
  writeFileSync(join(folder, name), JSON.stringify(entries));
}

export const TAGS = [
  { pattern: "^(?<major>\\d+)\\.(?<minor>\\d+)\\.(?<patch>\\d+)-release$", channel: "stable" },
  { pattern: "^(?<major>\\d+)\\.(?<minor>\\d+)\\.(?<patch>\\d+)-(?<pre>preview-\\d+)$", channel: "preview" },
];
