import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createMemoryTransport, seededNumbers, type VirtualClock, virtualClock } from "@orrery/bus";
import { IntakeCommitted, StateCheckpoint, JournalService, WorldService } from "@orrery/schema/bus/v1";
import { ClockAdjusted, TimerFired } from "@orrery/schema/time/v1";
import { createLogger, type Host, startHost } from "@orrery/service";
import { type Codec, createFrameWriter, type Lane } from "@orrery/wire";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import eventBus from "../service.ts";

const DAY_MS = 86_400_000;
const DAY_GS = 86_400;
const PASSING = "time.v1.TimerFired=game_days:7";
/** Frames and events of one `say`: so many fill a file of 1 MiB. */
const FRAMES = 6;
const PER_FRAME = 400;
const SAID = FRAMES * PER_FRAME;

/** What no schema here describes is kept as its lane says. */
const foreign = (typeName: string) => ({ ...TimerFired, typeName }) as Codec;
const STAYS = foreign("test.v1.Stays");

let clock: VirtualClock;
let host: Host;
let folder: string;
let sent: number;
const next = new Map<string, number>();

const admin = { role: "admin" as const, id: "ada", scopes: [] };
const worlds = () => host.directory.client(WorldService, admin);
const journal = () => host.directory.client(JournalService, admin);

async function start(retention = PASSING): Promise<void> {
  host = await startHost({
    services: [eventBus],
    transport: createMemoryTransport({ clock }),
    outsideTypes: ["*"],
    storeUrl: () => join(folder, "store.db"),
    dataFolder: folder,
    env: { EVENT_BUS_JOURNAL_SEGMENT_MIB: "1", EVENT_BUS_RETENTION: retention },
    log: createLogger("silent"),
    clock,
  });
}

async function again(retention?: string): Promise<void> {
  await through(host.stop());
  await start(retention);
}

/** As if the world had been forked there. */
async function forked(world: string, parent: string, position: number): Promise<void> {
  await through(host.stop());
  const store = new DatabaseSync(join(folder, "store.db"));
  store
    .prepare(
      "insert into fork (world, parent, position, at_gs, made_ms, key, said) values (?, ?, ?, 0, 0, ?, x'')",
    )
    .run(world, parent, position, world);
  store.close();
  sent += position;
  await start();
}

async function through<T>(promise: Promise<T>): Promise<T> {
  let done = false;
  void promise.then(
    () => (done = true),
    () => (done = true),
  );
  while (!done) await clock.advance(50);
  return promise;
}

interface Said {
  readonly codec: Codec;
  readonly init: unknown;
  readonly lane?: Lane;
}

/** One frame of one publisher, kept by the journal when it resolves. */
async function frame(world: string, publisher: string, said: readonly Said[], ageDays = 0): Promise<void> {
  const firstSequence = next.get(publisher) ?? 1;
  next.set(publisher, firstSequence + said.length);
  const lane = said[0]?.lane ?? said[0]?.codec.event?.lane ?? "bulk";
  const facts = { source: "test", world, publisher, lane, fingerprint: "0000000000000000", firstSequence };
  const writer = createFrameWriter(facts, { maxBytes: 400_000 });
  for (const { codec, init } of said)
    writer.append(codec, init as never, { timeMs: clock.now() - ageDays * DAY_MS });
  await through(host.surroundings.bus.send(writer.finish()));
  sent += said.length;
}

/** As much as fills a file. */
async function say(world: string, atGs: number, ageDays = 0, codec: Codec = TimerFired): Promise<void> {
  for (let n = 0; n < FRAMES; n++) {
    const uniform = seededNumbers(next.get(`p/${world}`) ?? 1);
    const noise = () => Buffer.from(Array.from({ length: 500 }, () => Math.floor(uniform() * 256)));
    const events = Array.from({ length: PER_FRAME }, () => ({
      codec,
      init: { atGs, payload: noise() },
      ...(codec === STAYS && { lane: "standard" as const }),
    }));
    await frame(world, `p/${world}`, events, ageDays);
  }
}

const tellClock = (world: string, atGs: number) =>
  frame(world, `clock/${world}`, [{ codec: ClockAdjusted, init: { atGs, anchorGs: atGs } }]);

/** A writer's record, how far it has come, and a checkpoint of its state behind it, where a replay may begin. */
async function record(world: string, service: string, atGs: number, hasCheckpoint = true, ageDays = 0) {
  const shard = `${service}/${world}`;
  const [publisher, states] = [`${shard}/i`, `${shard}/c`];
  const id = { publisher, sequence: next.get(publisher) ?? 1 };
  const about = { shard, service, atGs };
  await frame(world, publisher, [{ codec: IntakeCommitted, init: about }], ageDays);
  if (hasCheckpoint)
    await frame(world, states, [{ codec: StateCheckpoint, init: { ...about, record: id } }], ageDays);
}
/** Events of a record with its checkpoint. */
const RECORD = 2;

/** The file that grows is never looked at: what was said so far is closed in. */
const close = () => say("other", 0, 0, STAYS);

/** How many events may go. */
async function passing(): Promise<number> {
  // Files are written in real time, which a busy machine takes more of.
  await vi.waitUntil(async () => (await kept()) >= sent || void (await clock.advance(50)), {
    timeout: 30_000,
    interval: 5,
  });
  return (await through(worlds().prune({}))).events;
}
const kept = async () =>
  (await through(journal().stats({}))).worlds.reduce((sum, { newestOrdinal }) => sum + newestOrdinal, 0);
const prune = async () => (await through(worlds().prune({ dryRun: false }))).events;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "orrery-game-days-"));
  clock = virtualClock({ startMs: 1_800_000_000_000 });
  next.clear();
  sent = 0;
  await start();
});
afterEach(async () => {
  await through(host.stop());
  rmSync(folder, { recursive: true });
});

describe("retention in game days", () => {
  it("counts from where the world has come, whatever time it is here", async () => {
    await tellClock("vale", 0);
    await say("vale", 10 * DAY_GS, 300);
    await record("vale", "time-manager", 17 * DAY_GS - 1);
    await close();
    expect(await passing()).toBe(0);
    await record("vale", "time-manager", 17 * DAY_GS);
    expect(await passing()).toBe(SAID);
  });

  it("stands while the clock stands", async () => {
    await tellClock("vale", 0);
    await say("vale", 3 * DAY_GS);
    await record("vale", "time-manager", 4 * DAY_GS);
    await close();
    await passing();
    await through(host.stop());
    clock = virtualClock({ startMs: clock.now() + 1_000 * DAY_MS });
    await start();
    expect(await passing()).toBe(0);
  });

  it("takes all at once that a year's jump passes over, but what a slower writer goes over hour by hour", async () => {
    await tellClock("vale", 0);
    await record("vale", "time-manager", DAY_GS);
    await record("vale", "npc-behavior", DAY_GS);
    await say("vale", 2 * DAY_GS);
    await close();
    await record("vale", "time-manager", 366 * DAY_GS);
    // Its last checkpoint lies before all that it still has to hear.
    expect(await passing()).toBe(0);
    await record("vale", "npc-behavior", 8 * DAY_GS - 1);
    expect(await passing()).toBe(0);
    await record("vale", "npc-behavior", 366 * DAY_GS);
    // With it the two records of the first day.
    expect(await passing()).toBe(SAID + 2 * RECORD);
  });

  it("keeps what a writer has not taken in that has a checkpoint behind it", async () => {
    await tellClock("vale", 0);
    await record("vale", "time-manager", 366 * DAY_GS);
    await say("vale", 9 * DAY_GS);
    await close();
    // Day 10 of a year that the clock has told already: the inputs of its next hours lie before this place.
    await record("vale", "npc-behavior", 10 * DAY_GS);
    expect(await passing()).toBe(0);
  });

  it("counts a fork's days from its own clock, which shows less than its parent's, and holds what it came from", async () => {
    await tellClock("vale", 0);
    await record("vale", "time-manager", 11 * DAY_GS);
    await record("vale", "time-manager", 12 * DAY_GS);
    await passing();
    await forked("past", "vale", 1 + 2 * RECORD);
    await say("vale", 12 * DAY_GS);
    await say("past", 12 * DAY_GS);
    await close();
    await record("past", "time-manager", 13 * DAY_GS);
    await record("vale", "time-manager", 40 * DAY_GS);
    // Of the parent only what lies before the last checkpoint that the fork may begin with.
    expect(await passing()).toBe(RECORD);
    await record("past", "time-manager", 19 * DAY_GS);
    expect(await passing()).toBe(RECORD + SAID);
    const { holds } = await through(worlds().listRetention({}));
    expect(holds.map(({ worldId, holder, fromOrdinal }) => [worldId, holder, fromOrdinal])).toEqual([
      ["other", "", SAID + 1],
      ["past", "time-manager/past", 2 + 2 * RECORD + SAID],
      ["vale", "the fork past", 2 + RECORD],
    ]);
  });

  it("counts real days in a world without a clock, `platform` among them", async () => {
    await say("platform", 0, 6);
    await say("platform", 0, 8);
    await close();
    expect(await passing()).toBe(SAID);
  });

  it("keeps all of a world that has a clock and no writer that says where it stands", async () => {
    await tellClock("vale", 400 * DAY_GS);
    await say("vale", 1, 900);
    await close();
    expect(await passing()).toBe(0);
  });

  it("takes one world's frames out of a file and leaves another's beside them", async () => {
    await tellClock("vale", 0);
    await tellClock("dale", 0);
    for (let n = 0; n < 2; n++) {
      await frame("vale", "p/vale", [{ codec: TimerFired, init: { atGs: 1, timerId: "old" } }]);
      await frame("dale", "p/dale", [{ codec: TimerFired, init: { atGs: 1, timerId: "kept" } }]);
    }
    await record("vale", "time-manager", 30 * DAY_GS);
    await record("dale", "time-manager", 2 * DAY_GS);
    await close();
    expect(await passing()).toBe(2);
    expect(await prune()).toBe(2);
    const get = (world: string) =>
      through(
        journal().get({
          worldId: world,
          which: { case: "id", value: { publisher: `p/${world}`, sequence: 2 } },
        }),
      );
    expect((await get("dale")).event?.type).toBe("time.v1.TimerFired");
    await expect(get("vale")).rejects.toThrow(/BUS_PRUNED/);
    expect(readdirSync(join(folder, "event-bus", "journal")).some((name) => name.endsWith(".packed"))).toBe(
      true,
    );
    // Packed, with nothing of it read at the next look but what may still go.
    await record("dale", "time-manager", 30 * DAY_GS);
    // Its record of day 2 too.
    expect(await passing()).toBe(2 + RECORD);
  });

  it("keeps records as long as a replay reaches, and all that is younger", async () => {
    await tellClock("vale", 0);
    await record("vale", "time-manager", 1 * DAY_GS);
    await record("vale", "time-manager", 5 * DAY_GS);
    await say("vale", 5 * DAY_GS);
    await close();
    await record("vale", "time-manager", 12 * DAY_GS);
    // The checkpoint of day 5 is the oldest within reach, and lies before all that was said.
    expect(await passing()).toBe(RECORD);
    const { holds } = await through(worlds().listRetention({ worldId: "vale" }));
    expect(holds).toMatchObject([
      {
        worldId: "vale",
        fromOrdinal: 2 + RECORD,
        holder: "time-manager/vale",
        reachedGs: 12 * DAY_GS,
        hasClock: true,
      },
    ]);
    await record("vale", "time-manager", 12 * DAY_GS + 1);
    expect(await passing()).toBe(2 * RECORD + SAID);
    await again(`${PASSING},bus.v1.IntakeCommitted=game_days:30`);
    expect(await passing()).toBe(0);
  });

  it("goes by the lane for what another version said, whose contract is not known here", async () => {
    const told = { codec: foreign("old.v1.Told"), init: { atGs: 1 }, lane: "bulk" } as const;
    await tellClock("vale", 0);
    await frame("vale", "o", [told], 29);
    await frame("vale", "o", [told, told], 31);
    await record("vale", "time-manager", 90 * DAY_GS);
    await close();
    expect(await passing()).toBe(2);
  });
});

describe("how long a type is kept", () => {
  it("is what the operator says of it, else its contract", async () => {
    const { rules } = await through(worlds().listRetention({}));
    const of = (type: string) => rules.find((rule) => rule.type === type);
    expect(of("time.v1.TimerFired")).toMatchObject({ kept: { case: "gameDays", value: 7 }, bySetting: true });
    expect(of("bus.v1.IntakeCommitted")).toMatchObject({
      kept: { case: "gameDays", value: 7 },
      bySetting: false,
    });
    expect(of("time.v1.HourChanged")).toMatchObject({
      kept: { case: "forever", value: true },
      bySetting: false,
    });
    expect(rules.length).toBeGreaterThan(20);
  });
});
