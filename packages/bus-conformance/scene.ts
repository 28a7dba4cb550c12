import {
  type Bus,
  type Clock,
  createBus,
  type Delivered,
  type Features,
  seededNumbers,
  type SubscribeOptions,
  type Subscription,
  type Transport,
} from "@orrery/bus";
import { type Faults, faultyTransport } from "./faulty-transport.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { probeCodec, readProbe } from "./probe.ts";
import { demand } from "./verdict.ts";

/** A broker under test. */
export interface Broker {
  /** A client of its own, as another process would have; closing it leaves the broker. */
  connect(): Promise<Transport>;
  /** Deliveries that the broker itself doubled so far, on purpose. */
  doubled?(): number;
  destroy(): Promise<void>;
}

export interface MakeTransport {
  readonly clock: Clock;
  /** A fresh broker, empty. */
  (seed: number): Promise<Broker>;
}

/** Everything an invariant works with. */
export interface Scene {
  readonly features: Features;
  readonly clock: Clock;
  readonly random: () => number;
  readonly ledger: Ledger;
  /** A load of the PR tier, by the run's scale; at least 1. */
  load(n: number): number;
  /** A Violation when events were handled twice though nothing doubled them. */
  demandNoDoubles(subscription: string, what: string): void;
  connect(): Promise<Transport>;
  bus(faults?: Faults): Promise<Bus>;
  /** Publishes `count` probes and waits until all are acknowledged. */
  write(bus: Bus, options: WriteOptions): Promise<void>;
  /** Subscribes; what `handle` does is written down. */
  read(bus: Bus, member: string, options: ReadOptions): Subscription;
  /** Waits, in the broker's own time; a Violation after `limitMs`. */
  until(what: string, holds: () => boolean | Promise<boolean>, limitMs?: number): Promise<void>;
}

export interface WriteOptions {
  readonly writer: number;
  readonly count: number;
  /** Default 1. */
  readonly first?: number;
  /** Number of keys; default 16. */
  readonly keys?: number;
  readonly filler?: number;
  /** Default SAMPLE. */
  readonly codec?: ReturnType<typeof probeCodec>;
  readonly firstSequence?: number;
  /** Default 65,536. */
  readonly frameBytes?: number;
}

export type ReadOptions = Omit<SubscribeOptions, "types" | "handle" | "handleFrame"> & {
  readonly types?: readonly string[];
  readonly handle?: (event: Delivered, probe: { writer: number; n: number }) => unknown;
};

export const SOURCE = "conformance";
export const WORLD = "probe";
export const SAMPLE = probeCodec("conformance.v1.Sampled", "realtime");

const FINGERPRINT = "c0f0000000000000";
const STEP_MS = 5;
const DEFAULT_LIMIT_MS = 60_000;

/** A scene and what ends it. */
export async function createScene(
  make: MakeTransport,
  seed: number,
  scale: number,
): Promise<{ scene: Scene; end: () => Promise<void> }> {
  const { clock } = make;
  const broker = await make(seed);
  const first = await broker.connect();
  const buses: Bus[] = [];
  const transports: Transport[] = [first];
  const ledger = createLedger();

  async function connect(): Promise<Transport> {
    const transport = await broker.connect();
    transports.push(transport);
    return transport;
  }

  const scene: Scene = {
    features: first.features,
    clock,
    random: seededNumbers(seed),
    ledger,
    load: (n) => Math.max(1, Math.round(n * scale)),
    demandNoDoubles(subscription, what) {
      const { duplicates } = ledger.judge(subscription);
      demand(duplicates === 0 || (broker.doubled?.() ?? 0) > 0, `${what}: ${duplicates} in ${subscription}`);
    },
    connect,
    async bus(faults) {
      const transport = await connect();
      const bus = createBus({
        transport: faults === undefined ? transport : faultyTransport(transport, faults),
        clock,
        random: seededNumbers(seed + buses.length),
      });
      buses.push(bus);
      return bus;
    },
    async write(bus, options) {
      const { writer, count, first: from = 1, keys = 16, filler = 84, codec = SAMPLE } = options;
      const publisher = bus.publisher({
        source: SOURCE,
        world: WORLD,
        fingerprint: FINGERPRINT,
        ...(options.firstSequence === undefined ? {} : { firstSequence: options.firstSequence }),
        ...(options.frameBytes === undefined ? {} : { frameBytes: options.frameBytes }),
      });
      for (let n = from; n < from + count; n++) {
        const key = `key-${n % keys}`;
        ledger.publish(writer, n, key);
        const full = publisher.publish(codec, { writer, n, key, filler });
        if (full !== undefined) await full;
      }
      await publisher.flush();
      for (let n = from; n < from + count; n++) ledger.outcome(writer, n, "acked");
      await publisher.close();
    },
    read(bus, member, { handle, types = [SAMPLE.typeName], ...options }) {
      return bus.subscribe({
        ...options,
        types,
        handle(event) {
          const { writer, n, intact } = readProbe(event.payload);
          const entry = ledger.begin({
            subscription: options.id,
            member,
            writer,
            n,
            key: event.key,
            attempt: event.attempt,
            intact,
            startMs: clock.now(),
          });
          const fail = (error: unknown) => {
            ledger.end(entry, "failed", clock.now());
            throw error;
          };
          let result: unknown;
          try {
            result = handle?.(event, { writer, n });
          } catch (error) {
            fail(error);
          }
          if (!(result instanceof Promise)) return ledger.end(entry, "ok", clock.now());
          return result.then(() => ledger.end(entry, "ok", clock.now()), fail);
        },
      });
    },
    async until(what, holds, limitMs = DEFAULT_LIMIT_MS) {
      const untilMs = clock.now() + limitMs;
      while (!(await holds())) {
        demand(clock.now() < untilMs, `still waiting after ${limitMs} ms: ${what}`);
        await clock.sleep(STEP_MS);
      }
    },
  };

  return {
    scene,
    async end() {
      for (const bus of buses) await bus.drain({ deadlineMs: 2_000 });
      for (const transport of transports) await transport.close();
      await broker.destroy();
    },
  };
}
