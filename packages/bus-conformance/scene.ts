import {
  type Bus,
  type Clock,
  createBus,
  type Delivered,
  type Features,
  seededNumbers,
  type SubscribeOptions,
  type Subscription,
  systemClock,
  type Transport,
} from "@orrery/bus";
import type { Broker, MakeTransport } from "./broker.ts";
import { type Faults, faultyTransport } from "./faulty-transport.ts";
import { noting } from "./noting.ts";
import { createLedger, type Ledger } from "./oracle/ledger.ts";
import { paced } from "./pace.ts";
import { probeCodec, readProbe } from "./probe.ts";
import { demand } from "./verdict.ts";

/** Everything an invariant works with. */
export interface Scene {
  readonly features: Features;
  readonly broker: Broker;
  readonly clock: Clock;
  readonly random: () => number;
  readonly ledger: Ledger;
  /** A load of the PR tier, by the run's scale; at least 1. */
  load(n: number): number;
  /** A Violation when events were handled twice though nothing doubled them. */
  demandNoDoubles(subscription: string, what: string): void;
  connect(): Promise<Transport>;
  bus(faults?: Faults): Promise<Bus>;
  /** A bus on a transport of the caller's, ended with the scene. */
  busOn(transport: Transport): Bus;
  /** Closes every bus and transport there is; new ones may be made. */
  closeAll(): Promise<void>;
  /** Has something ended with the scene. */
  closing(end: () => Promise<void>): void;
  /** Does it, and marks on the time axis when it began and ended. */
  strike<T>(name: string, how: () => Promise<T>): Promise<T>;
  /** Publishes `count` probes and waits until all are acknowledged. */
  write(bus: Bus, options: WriteOptions): Promise<void>;
  /** Subscribes; what `handle` does is written down. */
  read(bus: Bus, member: string, options: ReadOptions): Subscription;
  /** Waits until each subscription has handled so many; else a Violation that says what the ledger misses. */
  untilHandled(subscriptions: readonly string[], count: number, limitMs?: number): Promise<void>;
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
  readonly compression?: "none" | "zstd";
  /** Of the schema the writer was made with; default the suite's. */
  readonly fingerprint?: string;
  /** Publish over about this long instead of as fast as can be, ms. */
  readonly overMs?: number;
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
/** Parts that publishing over a time is cut in. */
const SLICES = 40;
const DEFAULT_LIMIT_MS = 60_000;

/** A scene and what ends it. */
export async function createScene(
  make: MakeTransport,
  seed: number,
  scale: number,
): Promise<{ scene: Scene; end: () => Promise<void> }> {
  const { clock } = make;
  /** Virtual time does not run slower where others work. */
  const limitOf = (ms: number) => (clock === systemClock ? paced(ms) : ms);
  const broker = await make(seed);
  const first = await broker.connect();
  const buses: Bus[] = [];
  const transports: Transport[] = [first];
  const endings: (() => Promise<void>)[] = [];
  const ledger = createLedger();

  async function connect(): Promise<Transport> {
    const transport = await broker.connect();
    transports.push(transport);
    return transport;
  }

  async function closeAll(): Promise<void> {
    for (const bus of buses.splice(0)) await bus.drain({ deadlineMs: 2_000 });
    for (const transport of transports.splice(0)) await transport.close();
  }

  function busOn(transport: Transport): Bus {
    const bus = createBus({
      transport: noting(transport, ledger, clock),
      clock,
      random: seededNumbers(seed + buses.length),
    });
    buses.push(bus);
    return bus;
  }

  const scene: Scene = {
    features: first.features,
    broker,
    clock,
    random: seededNumbers(seed),
    ledger,
    load: (n) => Math.max(1, Math.round(n * scale)),
    demandNoDoubles(subscription, what) {
      const { duplicates } = ledger.judge(subscription);
      demand(duplicates === 0 || (broker.doubled?.() ?? 0) > 0, `${what}: ${duplicates} in ${subscription}`);
    },
    connect,
    busOn,
    async bus(faults) {
      const transport = await connect();
      return busOn(faults === undefined ? transport : faultyTransport(transport, faults));
    },
    closeAll,
    closing: (ending) => void endings.push(ending),
    async strike(name, how) {
      const struck = ledger.strike(name, clock.now());
      try {
        return await how();
      } finally {
        struck.toMs = clock.now();
      }
    },
    async write(bus, options) {
      const { writer, count, first: from = 1, keys = 16, filler = 84, codec = SAMPLE } = options;
      const publisher = bus.publisher({
        source: SOURCE,
        world: WORLD,
        fingerprint: options.fingerprint ?? FINGERPRINT,
        ...(options.compression === undefined ? {} : { compression: options.compression }),
        ...(options.firstSequence === undefined ? {} : { firstSequence: options.firstSequence }),
        ...(options.frameBytes === undefined ? {} : { frameBytes: options.frameBytes }),
      });
      const slice = Math.ceil(count / SLICES);
      for (let n = from; n < from + count; n++) {
        const key = `key-${n % keys}`;
        ledger.publish(writer, n, key, clock.now());
        const full = publisher.publish(codec, { writer, n, key, filler });
        if (full !== undefined) await full;
        if (options.overMs !== undefined && (n - from) % slice === slice - 1)
          await clock.sleep(options.overMs / SLICES);
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
            identity: `${event.publisher}/${event.sequence}`,
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
    async untilHandled(subscriptions, count, limitMs = DEFAULT_LIMIT_MS) {
      for (const id of subscriptions) {
        // As long as something moves nothing is lost yet, however slow the machine is.
        const quietMs = limitOf(limitMs);
        let [handled, movedMs] = [ledger.handledBy(id), clock.now()];
        while (handled < count && clock.now() - movedMs < quietMs) {
          await clock.sleep(STEP_MS);
          if (ledger.handledBy(id) > handled) [handled, movedMs] = [ledger.handledBy(id), clock.now()];
        }
        if (handled >= count) continue;
        const { lost, lostAt } = ledger.judge(id);
        const { frames, requeued } = await first.lag(id);
        const verdict =
          frames + requeued > 0
            ? `${count - handled} are late: ${frames} frames and ${requeued} retries still wait at the broker`
            : `${lost.length} lost: ${JSON.stringify(lostAt)}`;
        demand(false, `${id} handled ${handled} of ${count}, then nothing for ${quietMs} ms; ${verdict}`);
      }
    },
    async until(what, holds, limitMs = DEFAULT_LIMIT_MS) {
      const untilMs = clock.now() + limitOf(limitMs);
      while (!(await holds())) {
        demand(clock.now() < untilMs, `still waiting after ${limitOf(limitMs)} ms: ${what}`);
        await clock.sleep(STEP_MS);
      }
    },
  };

  return {
    scene,
    async end() {
      for (const ending of endings) await ending();
      await closeAll();
      await broker.destroy();
    },
  };
}
