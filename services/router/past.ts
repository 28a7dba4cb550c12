import { JournalService } from "@orrery/schema/bus/v1";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Kit } from "@orrery/service";
import { openFrame, PLATFORM } from "@orrery/wire";
import type { Ring } from "./ring.ts";
import { seeFrame, visibleTypes } from "./see.ts";
import { costOf, type SeenEvent } from "./seen-event.ts";
import { LIMITS } from "./limits.ts";
import type { Place, StreamHead, Stretch } from "./streams.ts";

/*
 * What was said of a world before this door began to hear it, read from the journal into the ring when a client comes
 * back that lacks it. All who come back share one reading: while a page is on its way the others wait for it, the next
 * page holds what any of them lacks, and it is read as frames of the types that clients may see, from the newest back.
 */
export interface Past {
  /** Whether the ring has, or has now been given, all that a client there lacks; false: it needs a snapshot. */
  reach(place: Place): Promise<boolean>;
  /** Begins to find out which streams there are. */
  settle(): void;
}

/** What one page brought. */
interface Page {
  /** Of these the journal does not have everything, or nobody can tell. */
  readonly lost: ReadonlySet<string>;
  readonly moved: boolean;
}

const PAGE_BYTES = 1024 * 1024;
const MOST_STRETCHES = 1_000;
/** The journal may be a moment behind what is heard live. */
const PAUSE_MS = 100;
const SETTLE_TRIES = 30;
const STANDSTILLS = 20;
/** Of what belongs to no world a client hears what is said to its player. */
export const isForRing = ({ world, audience }: SeenEvent): boolean =>
  world !== PLATFORM || audience.to === "players";
const NOTHING: Page = { lost: new Set(), moved: false };

/** @param beganMs since when the ring hears everything of its world, and of the platform, Unix ms */
export function createPast(kit: Kit, world: string, ring: Ring, beganMs: number): Past {
  const { streams } = ring;
  const journal = kit.client(JournalService);
  const types = visibleTypes();
  let settling: Promise<void> | undefined;
  let reading: Promise<Page> | undefined;
  let waiting: Place[] = [];
  let read: { readonly atMs: number; readonly bytes: number }[] = [];

  /** Undefined: the journal has not kept everything from before yet. */
  async function headsOf(place: string): Promise<StreamHead[] | undefined> {
    const options = { timeoutMs: LIMITS.snapshotMs };
    const { heads, keptUntilMs } = await journal.heads({ worldId: place }, options);
    return keptUntilMs < beganMs ? undefined : heads.map((head) => ({ ...head, world: place }));
  }

  async function findStreams(): Promise<void> {
    try {
      for (let tries = 0; tries < SETTLE_TRIES; tries++) {
        const [own, common] = await Promise.all([headsOf(world), headsOf(PLATFORM)]);
        if (own !== undefined && common !== undefined) return streams.settle([...own, ...common]);
        await kit.clock.sleep(PAUSE_MS);
      }
      kit.log.warn(
        { world },
        "the journal has not kept everything from before this door; clients get snapshots",
      );
    } catch (error) {
      kit.log.warn({ err: error, world }, "the journal does not say what it keeps; clients get snapshots");
    }
  }

  const settle = () => (settling ??= findStreams().finally(() => (settling = undefined)));

  /** What any of those who wait lacks. What somebody names goes first: it needs no time to be told by. */
  function lackedByAny(places: readonly Place[]): readonly Stretch[] {
    const wanted = new Map<string, Stretch>();
    for (const stretch of places.flatMap((place) => streams.lacks(place) ?? [])) {
      const known = wanted.get(stretch.publisher);
      const sooner =
        known === undefined ||
        (stretch.fromMs === 0
          ? known.fromMs > 0 || stretch.after < known.after
          : known.fromMs > stretch.fromMs);
      if (sooner) wanted.set(stretch.publisher, stretch);
    }
    return [...wanted.values()].slice(0, MOST_STRETCHES);
  }

  /** Whether there is room for more of the past, as long as what was read is kept. */
  function hasRoom(nowMs: number): boolean {
    read = read.filter(({ atMs }) => nowMs - atMs <= LIMITS.ringMs);
    return read.reduce((sum, { bytes }) => sum + bytes, 0) < LIMITS.pastBytes;
  }

  async function readPage(): Promise<Page> {
    await nextTurn();
    const stretches = lackedByAny(waiting);
    waiting = [];
    if (stretches.length === 0) return NOTHING;
    const everything = new Set(stretches.map(({ publisher }) => publisher));
    if (!hasRoom(kit.clock.now())) return { lost: everything, moved: false };
    try {
      const places = [...Map.groupBy(stretches, (stretch) => stretch.world)];
      const pages = await Promise.all(places.map(([place, own]) => readFrom(place, own)));
      const moved = pages.every(({ complete }) => complete) || pages.some(({ events }) => events > 0);
      if (!moved) await kit.clock.sleep(PAUSE_MS);
      return { lost: new Set(pages.flatMap(({ lost }) => lost)), moved };
    } catch (error) {
      kit.log.warn({ err: error, world }, "the journal cannot be read; clients get snapshots");
      return { lost: everything, moved: false };
    }
  }

  async function readFrom(place: string, stretches: readonly Stretch[]) {
    const asked = stretches.map(({ world: _, ...stretch }) => stretch);
    const request = { worldId: place, stretches: asked, types, maxBytes: PAGE_BYTES };
    const { frames, here, complete, lost } = await journal.frames(request);
    const events = (await opened(frames.toReversed())).filter(isForRing);
    const nowMs = kit.clock.now();
    ring.precede(
      here.map((stretch) => ({ ...stretch, world: place })),
      events,
      nowMs,
    );
    read.push({ atMs: nowMs, bytes: events.reduce((sum, event) => sum + costOf(event), 0) });
    return { events: frames.length, complete, lost };
  }

  async function opened(frames: readonly Uint8Array[]): Promise<SeenEvent[]> {
    const events: SeenEvent[] = [];
    for (const bytes of frames)
      events.push(...seeFrame(await kit.personal.openFrame(openFrame(bytes)), kit.log));
    return events;
  }

  return {
    settle() {
      if (!streams.settled) void settle();
    },
    async reach(place) {
      if (!streams.settled) await settle();
      for (let standstills = 0; standstills < STANDSTILLS; ) {
        const lacking = streams.lacks(place);
        if (lacking === undefined) return false;
        if (lacking.length === 0) return true;
        waiting.push(place);
        reading ??= readPage().finally(() => (reading = undefined));
        const { lost, moved } = await reading;
        if (streams.lacks(place)?.some(({ publisher }) => lost.has(publisher))) return false;
        if (!moved) standstills += 1;
      }
      return false;
    },
  };
}
