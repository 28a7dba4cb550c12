import { createHash } from "node:crypto";
import type { Message } from "@bufbuild/protobuf";
import { EventsFailed, type FrameBatch, isTriedAgain } from "@orrery/bus";
import type { Kit, KitTables, Part, Running } from "@orrery/service";
import { activeTraceparent, commandSpan, handlingSpan, serviceErrors } from "@orrery/service";
import { WorldCreated } from "@orrery/schema/world/v1";
import {
  type Codec,
  encodeBytes,
  type EventId,
  type InitOf,
  type MessageOf,
  OrreryError,
  requireSubjects,
} from "@orrery/wire";
import type { Aggregate } from "./aggregate.ts";
import { createCommitter, type Committer, type Written } from "./commit.ts";
import { simulationErrors } from "./errors.ts";
import { inherit } from "./fork.ts";
import { loadGivenUp } from "./given-up.ts";
import { createLease, LEASE_MS } from "./lease.ts";
import { leaveOpen, reopen } from "./marks.ts";
import { createMending } from "./mending.ts";
import { recoverShard } from "./recover.ts";
import { answerPlace, openEvent, untilKeys } from "./personal.ts";
import { handlingTrace } from "./trace.ts";
import { type Handlers, handlersOf, type Incoming, newProgress, openShard } from "./shard.ts";

/** How a command came in; the moment is recorded with it. */
export interface CommandTerms {
  readonly caller: string;
  /** 8..64 characters; absent: the command is not kept for repeats. */
  readonly idempotencyKey?: string;
}

/** The worlds that this process is the writer of. */
export interface Worlds<S extends Message = any> {
  ids(): readonly string[];
  /** The state, to read only. @throws WORLD_UNKNOWN, WORLD_NOT_OURS */
  state(world: string): S;
  /** Place in the commit order, to tell what a read has seen: publisher and last sequence by lane. */
  marks(
    world: string,
  ): readonly { readonly lane: number; readonly publisher: string; readonly sequence: number }[];
  /**
   * Runs a command and resolves when it is committed. A repeat with the same key gets the first answer.
   * @throws what the handler throws, RPC_IDEMPOTENCY_KEY, RPC_IDEMPOTENCY_REUSED, WORLD_UNKNOWN
   */
  command<Q extends Codec, R extends Codec>(
    world: string,
    request: Q,
    reply: R,
    given: InitOf<Q>,
    terms: CommandTerms,
  ): Promise<{ readonly reply: MessageOf<R>; readonly events: readonly EventId[] }>;
  /** Called after each input that a world took in, before its commit; for drivers and samplers. @returns how to stop it */
  onChange(listener: (world: string) => void): () => void;
  /** Resolves once nothing of the world waits for a commit: what is read right then is durable. */
  settled(world: string): Promise<void>;
  /** Whether this process is the writer. */
  readonly active: boolean;
}

const KEY_LENGTH = { least: 8, most: 64 };
const STANDBY_TRY_MS = 1_000;

export function worldsPart<S extends Message>(aggregate: Aggregate<S>): Part<Worlds<S>> {
  const handlers = handlersOf(aggregate);
  return {
    name: "aggregate",
    publishes: aggregate.emits,
    subscribes: [WorldCreated.typeName, ...handlers.events.keys()],
    start: (kit) => startWorlds(kit, aggregate, handlers),
  };
}

async function startWorlds<S extends Message>(
  kit: Kit,
  aggregate: Aggregate<S>,
  handlers: Handlers,
): Promise<Running<Worlds<S>>> {
  const part = "aggregate";
  const lease = createLease(kit.store, `${kit.service}/${part}`, kit.instance, kit.clock);
  const worlds = new Map<string, Written>();
  const listeners = new Set<(world: string) => void>();
  const running = new Map<string, Promise<unknown>>();
  /** Worlds whose first event is in hand. */
  const beginning = new Map<string, Promise<Written>>();
  const stopping = new AbortController();
  const failedInputs = kit.metrics.counter(
    "orrery_inputs_refused_total",
    "Events and commands that handlers refused",
    ["type"],
  );
  const inputSeconds = kit.metrics.histogram(
    "orrery_input_seconds",
    "Time to handle one event of a world",
    [0.0001, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.2, 1],
    ["type"],
  );
  let committer: Committer | undefined;
  let givenUp = await loadGivenUp(kit, part, lease);
  const mending = createMending({
    kit,
    part,
    aggregate,
    handlers,
    stopping: stopping.signal,
    written: async (written) => committer?.written(written),
    incarnation: () => incarnationOf(kit),
  });
  let leave: (() => Promise<void>) | undefined;

  const facts = (world: string) => ({ service: kit.service, world, fingerprint: kit.fingerprint });

  function writtenOf(world: string): Written {
    if (committer === undefined)
      throw new OrreryError(simulationErrors.WORLD_NOT_OURS, { given: `${kit.service}, ${world}` });
    const written = worlds.get(world);
    if (written === undefined) throw new OrreryError(simulationErrors.WORLD_UNKNOWN, { given: world });
    return written;
  }

  function changed(world: string): void {
    for (const listener of listeners) listener(world);
  }

  /** A world's first event opens its shard: anew, or where its parent's shard stood. */
  async function begin(event: Incoming, world: string): Promise<Written> {
    if (event.type !== WorldCreated.typeName)
      throw new OrreryError(simulationErrors.WORLD_UNKNOWN, { given: world });
    const { seed, forkedFrom } = WorldCreated.decode(event.payload);
    const progress = newProgress(facts(world), seed, incarnationOf(kit));
    const inherited = forkedFrom && (await inherit(kit, aggregate, handlers, forkedFrom));
    if (inherited !== undefined) progress.drop = [...inherited.progress.drop, ...(forkedFrom?.drop ?? [])];
    const shard = openShard(
      aggregate,
      handlers,
      facts(world),
      progress,
      inherited?.state as S | undefined,
      inherited?.atGs,
    );
    const written: Written = {
      facts: facts(world),
      shard,
      intakeSeq: 0,
      snapshotBytes: 0,
      tailBytes: 0,
      redriven: [],
    };
    shard.takeEvent(event);
    for (const late of inherited?.unseen ?? []) {
      try {
        shard.takeEvent(late);
      } catch (error) {
        // Refused as it would have been in the parent; a state torn by it must not live.
        if (shard.broken) throw error;
        failedInputs(1, { type: late.type });
        kit.log.warn({ err: error, world, type: late.type }, "the fork refused an event of its parent");
      }
    }
    // Kept before anything else is taken in: what a fork begins with is nowhere else.
    if (inherited !== undefined) await committer?.commit(written);
    worlds.set(world, written);
    return written;
  }

  async function takeFirst(event: Incoming, world: string, redriven: boolean): Promise<Written | undefined> {
    const under = beginning.get(world);
    if (under !== undefined) return take(await under, event, world, redriven);
    const begun = begin(event, world);
    beginning.set(world, begun);
    try {
      const written = await begun;
      if (redriven) written.redriven.push({ publisher: event.publisher, sequence: event.sequence });
      return written;
    } finally {
      beginning.delete(world);
    }
  }

  async function take(
    written: Written,
    event: Incoming,
    world: string,
    redriven: boolean,
  ): Promise<Written | undefined> {
    try {
      await mending.whole(written);
      const { shard } = written;
      if (redriven) reopen(shard.progress, event.publisher, event.sequence);
      const own = handlingTrace(event.traceparent, kit.service, event.publisher, event.sequence);
      const beganMs = kit.clock.now();
      const taken =
        own === undefined
          ? shard.takeEvent(event)
          : handlingSpan(kit.service, world, event, own, beganMs, () => shard.takeEvent(event));
      inputSeconds((kit.clock.now() - beganMs) / 1000, { type: event.type });
      if (redriven) written.redriven.push({ publisher: event.publisher, sequence: event.sequence });
      return taken ? written : undefined;
    } catch (error) {
      failedInputs(1, { type: event.type });
      leaveOpen(written.shard.progress, event.publisher, event.sequence);
      mending.begin(written);
      throw error;
    }
  }

  /** Its events with personal fields, opened; undefined: it has none. */
  async function openedIn(batch: FrameBatch): Promise<ReadonlyMap<number, Incoming> | undefined> {
    if (!kit.personal.concerns(batch.frame.types)) return undefined;
    const opened = new Map<number, Incoming>();
    for (const event of batch.events()) {
      const { publisher, sequence, type, key, source, timeMs, payload, traceparent } = event;
      const copy = { publisher, sequence, type, key, source, timeMs, payload, traceparent };
      opened.set(event.index, (await openEvent(kit.personal, handlers, copy)).event);
    }
    return opened;
  }

  async function takeFrame(batch: FrameBatch): Promise<void> {
    const { world, generation } = batch;
    const failures = new Map<number, unknown>();
    const untried = new Set<number>();
    /** Keys whose next event waits for one that failed. */
    const held = new Set<string>();
    let touched: Written | undefined;
    const opened = await untilKeys(kit, batch.signal, () => openedIn(batch));
    for (const event of batch.events()) {
      const { index, key } = event;
      if (held.has(key)) {
        untried.add(index);
        // Others of its frame go ahead: its place is kept, as that of the one it waits for.
        const waits = worlds.get(world);
        if (waits !== undefined) leaveOpen(waits.shard.progress, event.publisher, event.sequence);
        continue;
      }
      try {
        const met = givenUp.meet(world, event, generation);
        if (met === "past") continue;
        const redriven = met === "redriven";
        const incoming = opened?.get(index) ?? event;
        const known = worlds.get(world);
        const written =
          known === undefined
            ? await takeFirst(incoming, world, redriven)
            : await take(known, incoming, world, redriven);
        if (written === undefined) continue;
        touched = written;
        changed(world);
      } catch (error) {
        failures.set(index, error);
        if (isTriedAgain(error) && batch.holds(index)) held.add(key);
      }
    }
    await committed(touched ?? worlds.get(world), touched !== undefined);
    // The others are committed: when the frame comes again without these, they are known and passed over.
    if (failures.size > 0) throw new EventsFailed(failures, untried);
  }

  /** Also of a frame that brought nothing new: what it brought before may still be on its way to the store. */
  async function committed(written: Written | undefined, isTouched: boolean): Promise<void> {
    if (written === undefined) return;
    if (!isTouched && written.shard.pending.length === 0 && !committer?.busy(written)) return;
    await mending.whole(written);
    await committer?.commit(written);
  }

  async function lead(): Promise<void> {
    // Another process may have been the writer meanwhile: what it gave up is read anew.
    givenUp = await loadGivenUp(kit, part, lease);
    committer = createCommitter(kit, part, aggregate, handlers, lease, givenUp, mending.begin);
    const rows = await kit.store
      .as<KitTables>()
      .selectFrom("shard")
      .select("world")
      .where("part", "=", part)
      .execute();
    for (const { world } of rows) {
      const recovered = await untilKeys(kit, stopping.signal, () =>
        recoverShard(kit, part, aggregate, handlers, facts(world)),
      );
      if (recovered !== undefined) worlds.set(world, { facts: facts(world), ...recovered, redriven: [] });
    }
    const subscription = kit.bus.subscribe({
      id: `${kit.service}/${part}`,
      types: [WorldCreated.typeName, ...handlers.events.keys()],
      order: "key",
      from: "earliest",
      personal: "sealed",
      handleFrame: takeFrame,
      givingUp: (letter) => givenUp.add(letter),
    });
    const keeping = lease.keep(stopping.signal, () => {
      kit.log.error("the lease went to another process; this one stands by");
      void step();
    });
    const step = async () => {
      leave = undefined;
      await subscription.drain();
      await committer?.close();
      committer = undefined;
      worlds.clear();
      if (!stopping.signal.aborted) void standBy();
    };
    leave = async () => {
      await step();
      await keeping;
      await lease.release();
    };
    for (const world of worlds.keys()) changed(world);
  }

  async function standBy(): Promise<void> {
    while (!stopping.signal.aborted) {
      if (await lease.acquire().catch(() => false)) return lead();
      await kit.clock.sleep(STANDBY_TRY_MS, stopping.signal);
    }
  }

  kit.health.add({
    name: "writer",
    kind: "dependency",
    ask: () =>
      committer === undefined
        ? `stands by: another process is the writer (taken over within ${LEASE_MS / 1000} s of its end)`
        : committer.problem(),
  });
  if (await lease.acquire()) await lead();
  else void standBy();

  async function answered(world: string, key: string, digest: string): Promise<Uint8Array | undefined> {
    const row = await kit.store
      .as<KitTables>()
      .selectFrom("answer")
      .selectAll()
      .where("world", "=", world)
      .where("key", "=", key)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    if (row.digest !== digest) throw new OrreryError(serviceErrors.RPC_IDEMPOTENCY_REUSED, { given: key });
    return row.reply;
  }

  const handle: Worlds<S> = {
    ids: () => [...worlds.keys()],
    get active() {
      return committer !== undefined;
    },
    async settled(world) {
      for (
        let written = writtenOf(world);
        written.shard.pending.length > 0 || committer?.busy(written);
        written = writtenOf(world)
      ) {
        await committer?.commit(written);
      }
    },
    state: (world) => writtenOf(world).shard.state as S,
    marks: (world) =>
      writtenOf(world).shard.progress.streams.map(({ lane, publisher, nextSequence }) => ({
        lane,
        publisher,
        sequence: nextSequence - 1,
      })),
    onChange(listener) {
      listeners.add(listener);
      for (const world of worlds.keys()) listener(world);
      return () => void listeners.delete(listener);
    },
    async command(world, request, reply, given, { caller, idempotencyKey: key = "" }) {
      if (key !== "" && (key.length < KEY_LENGTH.least || key.length > KEY_LENGTH.most)) {
        throw new OrreryError(serviceErrors.RPC_IDEMPOTENCY_KEY, { given: `${key.length} characters` });
      }
      requireSubjects(request, given);
      const bytes = encodeBytes(request, given);
      const digest = createHash("sha256").update(request.typeName).update(bytes).digest("base64");
      const slot = `${world}\n${key}`;
      if (key !== "") {
        // The same key twice at once: the second waits for the first, then finds its answer.
        while (running.has(slot)) await running.get(slot)?.catch(() => {});
      }
      const work = commandSpan(kit.service, world, request.typeName, caller, async () => {
        const known = key === "" ? undefined : await answered(world, key, digest);
        if (known !== undefined) {
          const { bytes } = await kit.personal.openMessage(reply, known, answerPlace(key));
          return { reply: reply.decode(bytes) as MessageOf<typeof reply>, events: [] };
        }
        const written = writtenOf(world);
        const stampedMs = kit.clock.now();
        const done = await runCommand(written, {
          method: request.typeName,
          request: bytes,
          caller,
          idempotencyKey: key,
          stampedMs,
          traceparent: activeTraceparent() ?? "",
        });
        changed(world);
        const answer = key === "" ? undefined : { world, key, digest, reply: done.reply, at_ms: stampedMs };
        await committer?.commit(written, answer && { row: answer, codec: reply });
        return { reply: reply.decode(done.reply) as MessageOf<typeof reply>, events: done.events };
      });
      if (key === "") return work;
      running.set(slot, work);
      try {
        return await work;
      } finally {
        running.delete(slot);
      }
    },
  };

  async function runCommand(written: Written, given: Parameters<Written["shard"]["takeCommand"]>[0]) {
    try {
      await mending.whole(written);
      return written.shard.takeCommand(given);
    } catch (error) {
      failedInputs(1, { type: given.method });
      mending.begin(written);
      throw error;
    }
  }

  return {
    handle,
    async stop() {
      stopping.abort();
      await leave?.();
    },
  };
}

/** Keeps publisher ids apart when a service's database was lost and the bus was not. */
function incarnationOf(kit: Kit): string {
  return Math.floor(kit.clock.now()).toString(36);
}
