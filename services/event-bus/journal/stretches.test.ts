import { createMemoryTransport, virtualClock } from "@orrery/bus";
import { JournalService, type StreamStretch } from "@orrery/schema/bus/v1";
import { createLogger, type Host, startHost } from "@orrery/service";
import { createFrameWriter, type InitOf, openFrame } from "@orrery/wire";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import eventBus from "../service.ts";
import { keptUntil } from "./kept-until.ts";

const WORLD = "w";
const SAID = "test.v1.Said";
const ASIDE = "test.v1.Aside";

let host: Host;
let next: Map<string, number>;

beforeEach(async () => {
  next = new Map();
  host = await startHost({
    services: [eventBus],
    transport: createMemoryTransport(),
    outsideTypes: ["*"],
    storeUrl: () => ":memory:",
    env: {},
    log: createLogger("silent"),
  });
});
afterEach(() => host.stop());

const journal = () => host.directory.client(JournalService, { role: "service", id: "t", scopes: [] });

/** One frame of one publisher, its next events. */
async function write(publisher: string, count: number, type = SAID, timeMs = 1): Promise<void> {
  const firstSequence = next.get(publisher) ?? 1;
  next.set(publisher, firstSequence + count);
  const head = {
    publisher,
    source: "test",
    world: WORLD,
    lane: "standard",
    fingerprint: "0".repeat(16),
  } as const;
  const writer = createFrameWriter({ ...head, contentType: "protobuf", firstSequence });
  for (let at = 0; at < count; at++) writer.appendRaw(type, new Uint8Array([at]), { timeMs });
  await host.surroundings.bus.send(writer.finish());
}

async function kept(): Promise<void> {
  const heads = async () =>
    new Map((await journal().heads({ worldId: WORLD })).heads.map((head) => [head.publisher, head.sequence]));
  await vi.waitUntil(
    async () => {
      const known = await heads();
      return [...next].every(([publisher, sequence]) => known.get(publisher) === sequence - 1);
    },
    { timeout: 5_000, interval: 5 },
  );
}

type Asked = InitOf<typeof StreamStretch>;

/** Everything of some stretches, page by page, as `publisher/sequence`. */
async function readAll(asked: readonly Asked[], maxBytes: number): Promise<{ ids: string[]; pages: number }> {
  const ids: string[] = [];
  let stretches = [...asked];
  for (let pages = 1; pages < 100; pages++) {
    const answer = await journal().frames({ worldId: WORLD, stretches, types: [SAID], maxBytes });
    expect(answer.lost).toEqual([]);
    for (const [at, { publisher, after, until }] of answer.here.entries()) {
      expect(until).toBe(stretches[at]?.until);
      for (const frame of answer.frames.map((bytes) => openFrame(bytes)))
        for (const event of frame.events())
          if (
            frame.publisher === publisher &&
            event.sequence > after &&
            event.sequence <= until &&
            event.type === SAID
          )
            ids.push(`${publisher}/${event.sequence}`);
    }
    if (answer.complete) return { ids: ids.sort(), pages };
    stretches = answer.here.map(({ publisher, after }, at) => ({
      publisher,
      after: stretches[at]?.after ?? 0,
      until: after,
    }));
  }
  throw new Error("no end");
}

describe("stretches of the journal", () => {
  it("are read from the newest back, whole, whatever a page takes", async () => {
    const written = fc.array(
      fc.tuple(fc.constantFrom("as", "bs"), fc.integer({ min: 1, max: 5 }), fc.constantFrom(SAID, ASIDE)),
      { minLength: 1, maxLength: 12 },
    );
    let round = 0;
    await fc.assert(
      fc.asyncProperty(
        written,
        fc.nat(9),
        fc.integer({ min: 1, max: 400 }),
        async (frames, mark, maxBytes) => {
          round += 1;
          const expected: string[] = [];
          for (const [name, count, type] of frames) {
            const publisher = `${name}${round}`;
            const first = next.get(publisher) ?? 1;
            await write(publisher, count, type);
            for (let at = first; at < first + count; at++)
              if (type === SAID && at > mark) expected.push(`${publisher}/${at}`);
          }
          await kept();
          const stretches = [...next]
            .filter(([publisher, end]) => publisher.endsWith(`s${round}`) && end - 1 > mark)
            .map(([publisher, end]) => ({ publisher, after: mark, until: end - 1 }));
          const { ids } = await readAll(stretches, maxBytes);
          expect(ids).toEqual(expected.sort());
        },
      ),
      { numRuns: 25 },
    );
  });

  it("say what is lost: a stream that never spoke, and events that are no longer here", async () => {
    await write("as", 2);
    await write("as", 2);
    await kept();
    const stretches = [
      { publisher: "as", after: 0, until: 4 },
      { publisher: "nobody", after: 0, until: 4 },
    ];
    expect((await journal().frames({ worldId: WORLD, stretches })).lost).toEqual(["nobody"]);
    const store = host.running()[0]?.kit.store.as<{ frame: { first_seq: number } }>();
    await store?.deleteFrom("frame").where("first_seq", "=", 1).execute();
    const { lost, here, complete } = await journal().frames({
      worldId: WORLD,
      stretches: stretches.slice(0, 1),
    });
    expect(lost).toEqual(["as"]);
    expect(here).toMatchObject([{ after: 2, until: 4 }]);
    expect(complete).toBe(false);
  });

  it("end where nothing has been kept yet", async () => {
    await write("as", 2);
    await kept();
    const stretches = [{ publisher: "as", after: 0, until: 3 }];
    const { here, complete, lost } = await journal().frames({ worldId: WORLD, stretches });
    expect(here).toMatchObject([{ after: 0, until: 2 }]);
    expect({ complete, lost }).toEqual({ complete: false, lost: [] });
  });

  it("leave out what is older than somebody asks for", async () => {
    await write("as", 2, SAID, 100);
    await write("as", 2, SAID, 200);
    await kept();
    const stretches = [{ publisher: "as", after: 0, until: 4, fromMs: 150 }];
    const { frames, complete } = await journal().frames({ worldId: WORLD, stretches });
    expect(frames.map((bytes) => openFrame(bytes).firstSequence)).toEqual([3]);
    expect(complete).toBe(true);
  });
});

describe("up to when the journal is complete", () => {
  const clock = virtualClock({ startMs: 1_000_000 });
  const lagging = (over: object, replay = true) =>
    ({
      transport: {
        features: { replay },
        lag: async () => ({
          events: 0,
          frames: 0,
          requeued: 0,
          deadLetters: 0,
          oldestMs: undefined,
          ...over,
        }),
      },
    }) as never;
  const of = (over: object, replay?: boolean) => keptUntil(lagging(over, replay), "s", clock);

  it("is now when nothing waits, and a minute ago where that is an estimate", async () => {
    expect(await of({})).toBe(clock.now());
    expect(await of({}, false)).toBe(clock.now() - 60_000);
  });

  it("is the time of what waits longest", async () => {
    expect(await of({ events: 3, frames: 1, oldestMs: 999_000 })).toBe(998_500);
  });

  it("is not known when what waits has no time, or something was given up", async () => {
    expect(await of({ events: 3, frames: 1 })).toBe(0);
    expect(await of({ deadLetters: 1 })).toBe(0);
  });
});
