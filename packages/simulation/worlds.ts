import { type FrameBatch, GivenUpBefore, isTriedAgain } from "@orrery/bus";
import type { Kit, KitTables, Running } from "@orrery/service";
import { handlingSpan } from "@orrery/service";
import { WorldArchived, WorldCreated } from "@orrery/schema/world/v1";
import { isError, OrreryError, PLATFORM } from "@orrery/wire";
import type { Aggregate } from "./aggregate.ts";
import { beginShard, incarnationOf } from "./begin.ts";
import { type Commands, createCommands } from "./commands.ts";
import { createCommitter, type Committer } from "./commit.ts";
import { loadEnded } from "./ended.ts";
import { simulationErrors } from "./errors.ts";
import { loadGivenUp } from "./given-up.ts";
import type { Keeping } from "./keeping.ts";
import { createLease, LEASE_MS } from "./lease.ts";
import { leaveOpen, reopen } from "./marks.ts";
import { createMending } from "./mending.ts";
import { createParked, type Parked } from "./parked.ts";
import { beginPlatform } from "./platform/begin.ts";
import { createPlatformTaking, type Failed, nothingFailed, throwFailed } from "./platform/taking.ts";
import { startTicking } from "./platform/ticking.ts";
import { recoverShard } from "./recover.ts";
import { openEvent, untilKeys } from "./personal.ts";
import { handlingTrace } from "./trace.ts";
import { type Handlers, type Incoming, typesOf } from "./shard.ts";
import type { AnyState } from "./state/state.ts";
import type { Written } from "./written.ts";

/** The worlds that this process is the writer of. */
export interface Worlds<S extends AnyState = any> {
  ids(): readonly string[];
  /** Whether its shard is here: a world may be unknown yet, stand still, or have ended. */
  has(world: string): boolean;
  /** The state, to read only. @throws WORLD_UNKNOWN, WORLD_NOT_OURS */
  state(world: string): S;
  /** Place in the commit order, to tell what a read has seen: publisher and last sequence by lane. */
  marks(
    world: string,
  ): readonly { readonly lane: number; readonly publisher: string; readonly sequence: number }[];
  readonly command: Commands;
  /** Called after each input that a world took in, before its commit; for drivers and samplers. @returns how to stop it */
  onChange(listener: (world: string) => void): () => void;
  /** Called when a world was archived or deleted: nobody holds it any more. @returns how to stop it */
  onEnd(listener: (world: string) => void): () => void;
  /**
   * Resolves once nothing of the world waits for a commit: what is read right then is durable.
   * @throws WORLD_UNKNOWN, WORLD_NOT_OURS also when its last commit was refused
   */
  settled(world: string): Promise<void>;
  /**
   * Resolves once all that the world took in so far is committed, whatever it takes in meanwhile.
   * @throws as `settled`
   */
  committed(world: string): Promise<void>;
  /** Whether this process is the writer. */
  readonly active: boolean;
}

const STANDBY_TRY_MS = 1_000;

/** The running form of an aggregate. */
export async function startWorlds<S extends AnyState>(
  kit: Kit,
  aggregate: Aggregate<S>,
  handlers: Handlers,
): Promise<Running<Worlds<S>>> {
  const part = "aggregate";
  const codeVersion = await kit.versionOf(aggregate.definedIn);
  const keeping: Keeping = { kit, part, aggregate, handlers, codeVersion };
  const lease = createLease(kit.store, `${kit.service}/${part}`, kit.instance, kit.clock);
  const worlds = new Map<string, Written>();
  const listeners = new Set<(world: string) => void>();
  const endListeners = new Set<(world: string) => void>();
  const ended = await loadEnded(kit, part);
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
  let parked: Parked | undefined;
  let givenUp = await loadGivenUp(kit, part, lease);
  const mending = createMending({
    keeping,
    stopping: stopping.signal,
    written: async (written) => committer?.written(written),
    incarnation: () => incarnationOf(kit),
  });
  /** What they took in was refused by the store, and goes with them: another process is the writer. */
  const ahead = new WeakSet<Written>();
  const platform = createPlatformTaking({
    keeping,
    lease,
    stopping: stopping.signal,
    worlds,
    parked: () => parked,
    givenUp: () => givenUp,
    opened: openedIn,
    takeIn,
    committed,
  });
  let leave: (() => Promise<void>) | undefined;
  /** Why it could not become the writer when it was its turn. */
  let failure: string | undefined;

  const facts = (world: string) => ({ service: kit.service, world, fingerprint: kit.fingerprint });

  function writtenOf(world: string): Written {
    if (committer === undefined)
      throw new OrreryError(simulationErrors.WORLD_NOT_OURS, { given: `${kit.service}, ${world}` });
    const written = worlds.get(world);
    if (written !== undefined) return written;
    parked?.check(world);
    throw new OrreryError(simulationErrors.WORLD_UNKNOWN, { given: world });
  }

  /** What it took in since a commit was refused is nowhere: it counts as not heard. */
  function checkOurs(written: Written): void {
    if (ahead.has(written))
      throw new OrreryError(simulationErrors.WORLD_NOT_OURS, {
        given: `${kit.service}, ${written.facts.world}`,
      });
  }

  function changed(world: string): void {
    for (const listener of listeners) listener(world);
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
      const tookMs = kit.clock.now() - beganMs;
      written.tail.ms += tookMs;
      inputSeconds(tookMs / 1000, { type: event.type });
      if (redriven) written.redriven.push({ publisher: event.publisher, sequence: event.sequence });
      return taken ? written : undefined;
    } catch (error) {
      failedInputs(1, { type: event.type });
      leaveOpen(written.shard.progress, event.publisher, event.sequence);
      mending.begin(written);
      throw error;
    }
  }

  /** Its events by their index, personal fields opened; undefined: they can be taken as they come. */
  async function openedIn(batch: FrameBatch): Promise<ReadonlyMap<number, Incoming> | undefined> {
    const ofPlatform = batch.world === PLATFORM && aggregate.of === "world";
    if (!ofPlatform && !kit.personal.concerns(batch.frame.types)) return undefined;
    const opened = new Map<number, Incoming>();
    for (const event of batch.events()) {
      const { publisher, sequence, type, key, source, timeMs, payload, traceparent } = event;
      const copy = { publisher, sequence, type, key, source, timeMs, payload, traceparent, ofPlatform };
      opened.set(event.index, (await openEvent(kit.personal, handlers, copy)).event);
    }
    return opened;
  }

  async function takeFrame(batch: FrameBatch): Promise<void> {
    const { world, frame } = batch;
    if (aggregate.of === "world" && world === PLATFORM) return platform.take(batch);
    if (aggregate.of === "platform" && world !== PLATFORM) return;
    if (frame.types.includes(WorldArchived.typeName)) return endIn(batch);
    if (ended.has(world)) return;
    const known = parked?.has(world) ? undefined : worlds.get(world);
    const own = known ?? (await beginIn(batch));
    if (own === undefined) return setAside(batch);
    const opened = await untilKeys(kit, batch.signal, () => openedIn(batch));
    const failed = nothingFailed();
    const touched = await takeIn(own, batch, opened, failed);
    await committed(own, touched || known === undefined);
    // The others are committed: when the frame comes again without these, they are known and passed over.
    throwFailed(failed);
  }

  /** Hands a world what of the batch it has not taken. @returns whether there was any */
  async function takeIn(
    own: Written,
    batch: FrameBatch,
    opened: ReadonlyMap<number, Incoming> | undefined,
    { failures, untried }: Failed,
  ): Promise<boolean> {
    const { world } = own.facts;
    let touched = false;
    /** Keys whose next event waits for one that failed. */
    const held = new Set<string>();
    for (const event of batch.events()) {
      const { index, key } = event;
      // How worlds begin and end is said in each.
      if (world !== batch.world && !handlers.events.has(event.type)) continue;
      if (held.has(key)) {
        untried.add(index);
        // Others of its frame go ahead: its place is kept, as that of the one it waits for.
        leaveOpen(own.shard.progress, event.publisher, event.sequence);
        continue;
      }
      try {
        const met = givenUp.meet(world, event, batch.generation);
        if (met === "past") continue;
        if ((await take(own, opened?.get(index) ?? event, world, met === "redriven")) === undefined) continue;
        touched = true;
        changed(world);
      } catch (error) {
        failures.set(index, error);
        if (isTriedAgain(error) && batch.holds(index)) held.add(key);
      }
    }
    return touched;
  }

  /**
   * Also of a frame that brought nothing new: what it brought before may still be on its way to the store. What it caused
   * is on the bus before it counts as handled: where nothing waits in a world, nothing more follows in it.
   */
  async function committed(written: Written, touched: boolean): Promise<void> {
    checkOurs(written);
    if (touched || written.shard.pending.length > 0 || committer?.busy(written)) {
      await mending.whole(written);
      await committer?.commit(written);
    }
    await kit.outbox.sent();
  }

  /** What its world cannot take in now waits for it. A letter that is sent again stays one until its world goes on. */
  async function setAside({ world, frame, generation }: FrameBatch): Promise<void> {
    if (generation > 0) {
      parked?.check(world);
      throw new OrreryError(simulationErrors.WORLD_UNKNOWN, { given: world });
    }
    await parked?.keep(world, frame);
  }

  /**
   * A world's first event opens its shard. Undefined: this is none, or the shard cannot be opened here and now. A fork
   * begins beside the stream: what it inherits is asked for, and the others are not to wait for the answer.
   */
  async function beginIn(batch: FrameBatch): Promise<Written | undefined> {
    const { world } = batch;
    if (parked?.has(world)) return undefined;
    for (const event of batch.events()) {
      if (event.type !== WorldCreated.typeName || event.decode(WorldCreated).forkedFrom !== undefined)
        return undefined;
      const beginning = begin(world, event);
      platform.waitFor(beginning);
      try {
        return await beginning;
      } catch (error) {
        parked?.park(world, error);
        return undefined;
      }
    }
    return undefined;
  }

  async function begin(world: string, event: Incoming): Promise<Written> {
    const refused = (late: Incoming, error: unknown) => {
      failedInputs(1, { type: late.type });
      kit.log.warn(
        { err: error, world, type: late.type },
        "a world that begins refused an event from before",
      );
    };
    const { written, isFork, takeFirst } = await beginShard(keeping, facts(world), event);
    if (isFork) await committer?.keep(written);
    takeFirst(refused);
    await platform.welcome(written, refused);
    if (isFork) await committer?.commit(written);
    worlds.set(world, written);
    changed(world);
    return written;
  }

  async function recover(world: string): Promise<boolean> {
    const written = await untilKeys(kit, stopping.signal, () => recoverShard(keeping, facts(world)));
    if (written === undefined) return false;
    const { adopted } = written;
    if (adopted !== undefined) {
      kit.log.warn({ world, ...adopted, to: codeVersion }, "takes on what this code makes of its inputs");
      await committer?.commit(written);
      // Until then a start would ask once more.
      await written.cut?.ended;
    }
    worlds.set(world, written);
    return true;
  }

  const parking = () =>
    createParked({
      kit,
      part,
      wants: (type) => type === WorldCreated.typeName || handlers.events.has(type),
      async open(world, beginning) {
        if (!worlds.has(world) && !(await recover(world))) {
          if (beginning === undefined) return false;
          const { shard } = await begin(world, beginning.created);
          for (const { publisher, sequence } of beginning.earlier)
            reopen(shard.progress, publisher, sequence);
        }
        changed(world);
        return true;
      },
      async take(world, event) {
        const { event: opened } = await untilKeys(kit, stopping.signal, () =>
          openEvent(kit.personal, handlers, event),
        );
        if (isLetter(world, opened)) return;
        if ((await take(writtenOf(world), opened, world, false)) !== undefined) changed(world);
      },
      commit: async (world) => committer?.commit(writtenOf(world)),
    });

  /** It was given up before its world stood still: whoever redrives it hands it in again. */
  function isLetter(world: string, event: Incoming): boolean {
    try {
      return givenUp.meet(world, event, 0) === "past";
    } catch (error) {
      if (error instanceof GivenUpBefore) return true;
      throw error;
    }
  }

  async function endIn(batch: FrameBatch): Promise<void> {
    for (const event of batch.events())
      if (event.type === WorldArchived.typeName) await end(batch.world, event.decode(WorldArchived).deleted);
  }

  /** Lets a world go: what it took in so far is its last. */
  async function end(world: string, deleted: boolean): Promise<void> {
    const written = worlds.get(world);
    worlds.delete(world);
    await parked?.forget(world);
    while (written !== undefined && (written.shard.pending.length > 0 || committer?.busy(written)))
      await committer?.commit(written);
    await written?.cut?.drop();
    await ended.end(world, deleted);
    for (const listener of endListeners) listener(world);
  }

  async function lead(): Promise<void> {
    // Another process may have been the writer meanwhile: what it gave up is read anew.
    givenUp = await loadGivenUp(kit, part, lease);
    const own = createCommitter(keeping, lease, givenUp, mending.begin);
    const commit: Committer["commit"] = (written, answer) =>
      own.commit(written, answer).catch((error: unknown) => {
        if (isError(error, simulationErrors.WORLD_COMMIT_REFUSED)) ahead.add(written);
        throw error;
      });
    committer = { ...own, commit };
    const rows = await kit.store
      .as<KitTables>()
      .selectFrom("shard")
      .select("world")
      .where("part", "=", part)
      .execute();
    parked = parking();
    for (const { world } of rows) {
      if (ended.has(world)) continue;
      // One state that cannot be read is one world's trouble.
      await recover(world).catch((error: unknown) => parked?.park(world, error));
    }
    if (aggregate.of === "platform" && !worlds.has(PLATFORM) && !parked.has(PLATFORM)) {
      const written = beginPlatform(keeping);
      await committer.commit(written);
      worlds.set(PLATFORM, written);
    }
    await parked.load();
    const types = typesOf(aggregate, handlers);
    const subscription =
      types.length > 0 &&
      kit.bus.subscribe({
        id: `${kit.service}/${part}`,
        types,
        order: "key",
        from: "earliest",
        personal: "sealed",
        handleFrame: takeFrame,
        givingUp: (letter) =>
          aggregate.of === "world" && letter.world === PLATFORM
            ? platform.giveUp(letter)
            : givenUp.add(letter),
      });
    const holding = lease.keep(stopping.signal, () => {
      kit.log.error("the lease went to another process; this one stands by");
      void step();
    });
    const step = async () => {
      leave = undefined;
      if (subscription) await subscription.drain();
      // What waits may be in the middle of a commit, which ends by this.
      const closing = parked?.close();
      await committer?.close([...worlds.values()]);
      await closing;
      committer = undefined;
      parked = undefined;
      worlds.clear();
      if (!stopping.signal.aborted) void standBy();
    };
    leave = async () => {
      await step();
      await holding;
      await lease.release();
    };
    for (const world of worlds.keys()) changed(world);
  }

  async function standBy(): Promise<void> {
    while (!stopping.signal.aborted) {
      if (await lease.acquire().catch(() => false)) {
        try {
          await lead();
          failure = undefined;
          return;
        } catch (err) {
          failure = `it cannot become the writer: ${err instanceof Error ? err.message : String(err)}`;
          kit.log.error({ err }, "it could not become the writer; it tries again");
          await stepBack();
        }
      }
      await kit.clock.sleep(STANDBY_TRY_MS, stopping.signal);
    }
  }

  /** From a lead that did not come about: another process may do better. */
  async function stepBack(): Promise<void> {
    const closing = parked?.close();
    await committer?.close([]);
    await closing;
    committer = undefined;
    parked = undefined;
    worlds.clear();
    await lease.release().catch(() => undefined);
  }

  kit.health.add({
    name: "writer",
    kind: "dependency",
    ask: () =>
      committer === undefined
        ? (failure ??
          `stands by: another process is the writer (taken over within ${LEASE_MS / 1000} s of its end)`)
        : committer.problem(),
  });
  kit.health.add({ name: "worlds", kind: "notice", ask: () => parked?.problem() });
  if (await lease.acquire()) await lead();
  else void standBy();

  const handle: Worlds<S> = {
    ids: () => [...worlds.keys()],
    has: (world) => committer !== undefined && worlds.has(world),
    get active() {
      return committer !== undefined;
    },
    async committed(world) {
      const written = writtenOf(world);
      await committed(written, false);
      checkOurs(written);
    },
    async settled(world) {
      for (
        let written = writtenOf(world);
        written.shard.pending.length > 0 || committer?.busy(written);
        written = writtenOf(world)
      ) {
        await committer?.commit(written);
      }
      checkOurs(writtenOf(world));
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
    onEnd(listener) {
      endListeners.add(listener);
      return () => void endListeners.delete(listener);
    },
    command: createCommands({
      kit,
      written: writtenOf,
      changed,
      commit: async (written, answer) => committer?.commit(written, answer),
      whole: mending.whole,
      failed(written, method) {
        failedInputs(1, { type: method });
        mending.begin(written);
      },
    }),
  };

  const ticking = aggregate.ticks && startTicking(kit, handle, aggregate.ticks);
  return {
    handle,
    async stop() {
      await ticking?.stop();
      stopping.abort();
      await leave?.();
    },
  };
}
