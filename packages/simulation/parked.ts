import type { Kit } from "@orrery/service";
import { WorldCreated } from "@orrery/schema/world/v1";
import { type Frame, OrreryError, PLATFORM } from "@orrery/wire";
import type { Incoming } from "./shard.ts";
import { simulationErrors } from "./errors.ts";
import { createSetAside, type Waiting } from "./set-aside.ts";

/*
 * WAITING. What is said in a world whose shard is not here (nobody has said that it exists, it cannot begin, its
 * state cannot be read) is kept beside the stream, in order, and its subscription goes on with the other worlds.
 * GOING ON. Once its beginning is known, and again after each pause, the shard is opened and the frames that wait are
 * taken in one by one; what comes meanwhile waits behind them. When none is left the world leaves this state.
 * REFUSED. A frame that its handlers refuse for good stays, is named by health, and is offered once more at the next
 * start; the world goes on without it, as it does without a dead letter.
 * OVERLOOKED. A frame that waits for a world which goes on is a fault of this code: it is looked for every ten seconds,
 * taken in late, and named by health until the process ends.
 */

/** Worlds that stand still, each for itself. */
export interface Parked {
  has(world: string): boolean;
  /** Worlds that are known to exist, and begin or try to go on. */
  goingOn(): readonly string[];
  /** Keeps a frame for a world that cannot take it in now; then tries, without being waited for. */
  keep(world: string, frame: Frame): Promise<void>;
  /** What stands still from now on, and why; it is tried again by itself. */
  park(world: string, why: unknown): void;
  /** Takes up what an earlier process left. */
  load(): Promise<void>;
  /** All that waits for a world that came to its end. */
  forget(world: string): Promise<void>;
  /** Which world stands still and why. @throws WORLD_PARKED */
  check(world: string): void;
  problem(): string | undefined;
  close(): Promise<void>;
}

export interface ParkedTerms {
  readonly kit: Pick<Kit, "store" | "clock" | "log">;
  readonly part: string;
  /** Types that a shard takes in, the beginning of worlds among them. */
  readonly wants: (type: string) => boolean;
  /** Makes sure that the shard is here, from what it begins with if that is known. @returns false: it cannot be */
  readonly open: (world: string, beginning: Beginning | undefined) => Promise<boolean>;
  /** Takes in one event. */
  readonly take: (world: string, event: Incoming) => Promise<void>;
  /** Resolves when what was taken in is kept. */
  readonly commit: (world: string) => Promise<void>;
}

/** What a world begins with. */
export interface Beginning {
  readonly created: Incoming;
  /** What its publisher said in the world before, and is still to be taken: marks go by the highest sequence. */
  readonly earlier: readonly Incoming[];
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** An error without a code may pass: so often an event is tried before it is refused. */
const TRIES = 15;
const LOOK_MS = 10_000;
const NOT_HEARD = "nobody has said that it exists";

interface Standing {
  why: string;
  tries: number;
  /** Frames on their way into the table. */
  coming: number;
  /** Frames that came into the table: a look during which one came has not seen it for sure. */
  kept: number;
  going: boolean;
  /** More was heard while it was looked at. */
  again: boolean;
  nextMs: number;
}

export function createParked(terms: ParkedTerms): Parked {
  const { kit } = terms;
  const aside = createSetAside(kit, terms.part);
  const standing = new Map<string, Standing>();
  const refusing = new Map<string, number>();
  const overlooked = new Map<string, number>();
  /** Comings and goings: a look at the table during which there was one has seen no single moment. */
  let moves = 0;
  const stopping = new AbortController();
  const under = new Set<Promise<void>>();

  function of(world: string): Standing {
    let one = standing.get(world);
    if (one === undefined) {
      one = { why: "it begins", tries: 0, coming: 0, kept: 0, going: false, again: false, nextMs: 0 };
      standing.set(world, one);
    }
    return one;
  }

  function leave(world: string): void {
    moves += 1;
    standing.delete(world);
  }

  async function lookForOverlooked(): Promise<void> {
    const before = moves;
    const kept = await aside.worlds();
    if (moves !== before) return;
    for (const { world, waiting } of kept) {
      if (waiting === 0 || standing.has(world)) continue;
      overlooked.set(world, (overlooked.get(world) ?? 0) + waiting);
      kit.log.error(
        { world, frames: waiting },
        "frames lay aside while their world went on; they are taken in now",
      );
      goOn(world);
    }
  }

  async function keepLooking(): Promise<void> {
    while (!stopping.signal.aborted) {
      await kit.clock.sleep(LOOK_MS, stopping.signal);
      if (stopping.signal.aborted) return;
      await lookForOverlooked().catch((err: unknown) =>
        kit.log.warn({ err }, "what waits cannot be looked at"),
      );
    }
  }

  function goOn(world: string): void {
    const one = of(world);
    one.again = true;
    if (one.going || stopping.signal.aborted) return;
    one.going = true;
    const work = through(world, one).finally(() => under.delete(work));
    under.add(work);
  }

  async function through(world: string, one: Standing): Promise<void> {
    while (one.again && !stopping.signal.aborted) {
      one.again = false;
      try {
        if (await tryOnce(world, one)) return;
        continue;
      } catch (error) {
        one.why = messageOf(error);
        kit.log.warn({ world, reason: one.why }, "the world stands still here; the others go on");
      }
      const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** one.tries, LONGEST_PAUSE_MS);
      one.tries += 1;
      one.nextMs = kit.clock.now() + pauseMs;
      await kit.clock.sleep(pauseMs, stopping.signal);
      if (standing.get(world) !== one) return;
      one.again = true;
    }
    one.going = false;
  }

  /** @returns false when nothing can be done before more is heard */
  async function tryOnce(world: string, one: Standing): Promise<boolean> {
    if (!(await terms.open(world, await beginningOf(world)))) {
      one.why = NOT_HEARD;
      return false;
    }
    while (!stopping.signal.aborted) {
      const { kept } = one;
      // From the start each time: a store may give the id of what was dropped to what is kept next.
      const waiting = await aside.next(world, 0);
      if (waiting !== undefined) {
        await takeFrame(world, one, waiting);
      } else if (one.coming === 0 && one.kept === kept) {
        // Nothing was awaited since: what comes from here on goes the straight way.
        leave(world);
        if (one.tries > 0) kit.log.warn({ world }, "the world goes on");
        return true;
      } else {
        await kit.clock.sleep(1, stopping.signal);
      }
    }
    return false;
  }

  async function takeFrame(world: string, one: Standing, waiting: Waiting): Promise<void> {
    let refused: string | undefined;
    for (const event of eventsOf(waiting.frame)) {
      if (!terms.wants(event.type)) continue;
      try {
        await terms.take(world, event);
      } catch (error) {
        if (!isFinal(error) && one.tries < TRIES) throw error;
        refused ??= messageOf(error);
        refusing.set(world, (refusing.get(world) ?? 0) + 1);
        kit.log.error(
          { err: error, world, type: event.type },
          "an event that waited for its world is refused",
        );
      }
    }
    await terms.commit(world);
    if (refused === undefined) await aside.drop(world, waiting);
    else await aside.refuse(waiting.id, refused);
  }

  async function beginningOf(world: string): Promise<Beginning | undefined> {
    const before: Incoming[] = [];
    for (let waiting = await aside.next(world, 0); waiting; waiting = await aside.next(world, waiting.id))
      for (const event of eventsOf(waiting.frame)) {
        if (event.type !== WorldCreated.typeName) before.push(event);
        else return { created: event, earlier: before.filter((one) => one.publisher === event.publisher) };
      }
    return undefined;
  }

  return {
    has: (world) => standing.has(world),
    goingOn: () => [...standing].filter(([, { going }]) => going).map(([world]) => world),
    async keep(world, frame) {
      const one = of(world);
      moves += 1;
      one.coming += 1;
      try {
        await aside.keep(world, frame);
        one.kept += 1;
      } finally {
        one.coming -= 1;
      }
      if (!isLate(frame)) goOn(world);
      else if (!one.going) one.why = NOT_HEARD;
    },
    park(world, why) {
      of(world).why = messageOf(why);
      goOn(world);
    },
    async load() {
      for (const { world } of await aside.worlds()) {
        await aside.offerAgain(world);
        goOn(world);
      }
      const looking = keepLooking().finally(() => under.delete(looking));
      under.add(looking);
    },
    async forget(world) {
      leave(world);
      refusing.delete(world);
      overlooked.delete(world);
      await aside.forget(world);
      moves += 1;
    },
    check(world) {
      const one = standing.get(world);
      if (one === undefined) return;
      throw new OrreryError(simulationErrors.WORLD_PARKED, { given: `${world}: ${one.why}` });
    },
    problem() {
      const now = kit.clock.now();
      const said = [...standing]
        .filter(([, { tries, going }]) => tries > 0 || !going)
        .map(([world, { why, nextMs, going }]) => {
          const again = going ? `; tried again in ${Math.max(0, Math.ceil((nextMs - now) / 1000))} s` : "";
          return `${world} stands still: ${why}${again}`;
        });
      for (const [world, count] of refusing)
        said.push(`${world}: ${count} events that had waited were refused`);
      for (const [world, count] of overlooked)
        said.push(`${world}: ${count} frames lay aside while it went on, and were taken in late`);
      return said.length === 0 ? undefined : said.join(" | ");
    },
    async close() {
      stopping.abort();
      await Promise.all(under);
    },
  };
}

/** What is said in a world before its beginning was heard: nothing can be done with it yet. */
const isLate = (frame: Frame) => !frame.types.includes(WorldCreated.typeName);

function* eventsOf(frame: Frame): Iterable<Incoming> {
  const { publisher, source } = frame;
  const ofPlatform = frame.world === PLATFORM;
  for (const { sequence, type, key, timeMs, payload, traceparent } of frame.events())
    yield { publisher, sequence, type, key, source, timeMs, payload, traceparent, ofPlatform };
}

const isFinal = (error: unknown) => error instanceof OrreryError && !error.retryable;
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
