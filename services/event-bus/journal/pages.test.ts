import { createMemoryTransport } from "@orrery/bus";
import { JournalService } from "@orrery/schema/bus/v1";
import { createLogger, startHost } from "@orrery/service";
import { createFrameWriter } from "@orrery/wire";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import eventBus from "../service.ts";

const WORLD = "w";

async function startJournal() {
  const host = await startHost({
    services: [eventBus],
    transport: createMemoryTransport(),
    outsideTypes: ["*"],
    storeUrl: () => ":memory:",
    env: {},
    log: createLogger("silent"),
  });
  const next = new Map<string, number>();
  const journal = host.directory.client(JournalService, { role: "admin", id: "t", scopes: [] });
  let written = 0;
  return {
    host,
    journal,
    /** One frame of one publisher, its next events. */
    async write(publisher: string, count: number) {
      const firstSequence = next.get(publisher) ?? 1;
      next.set(publisher, firstSequence + count);
      const writer = createFrameWriter({
        source: "test",
        world: WORLD,
        publisher,
        lane: "standard",
        fingerprint: "0000000000000000",
        contentType: "protobuf",
        firstSequence,
      });
      for (let i = 0; i < count; i++)
        writer.appendRaw("test.v1.Said", new Uint8Array([i]), { key: `${i}`, timeMs: 1 });
      written += count;
      await host.surroundings.bus.send(writer.finish());
    },
    async settled() {
      const newest = async () => (await journal.query({ worldId: WORLD, pageSize: 1 })).newest;
      await vi.waitUntil(async () => (await newest()) === written, { timeout: 5_000, interval: 5 });
    },
  };
}

const frames = fc.array(fc.tuple(fc.constantFrom("as", "bs", "cs"), fc.integer({ min: 1, max: 9 })), {
  minLength: 1,
  maxLength: 8,
});

describe("reading the journal", () => {
  it("gives pages that neither repeat nor miss while events arrive, and a tail that equals the query", async () => {
    await fc.assert(
      fc.asyncProperty(frames, frames, fc.integer({ min: 1, max: 7 }), async (before, during, pageSize) => {
        const { host, journal, write, settled } = await startJournal();
        for (const [publisher, count] of before) await write(publisher, count);
        await settled();
        const total = before.reduce((sum, [, count]) => sum + count, 0);
        const later = [...during];
        const paged: { ordinal: number; publisher: string; sequence: number }[] = [];
        for (let pageToken = ""; ; ) {
          const page = await journal.query({ worldId: WORLD, pageSize, pageToken });
          for (const { ordinal, id } of page.events)
            paged.push({ ordinal, publisher: id?.publisher ?? "", sequence: id?.sequence ?? 0 });
          const one = later.shift();
          if (one !== undefined) await write(...one);
          pageToken = page.nextPageToken;
          if (pageToken === "") break;
        }
        expect(paged.map(({ ordinal }) => ordinal)).toEqual(Array.from({ length: total }, (_, i) => i + 1));
        for (const publisher of new Set(paged.map((event) => event.publisher))) {
          const own = paged.filter((event) => event.publisher === publisher);
          expect(own.map(({ sequence }) => sequence)).toEqual(own.map((_, i) => i + 1));
        }
        await settled();
        const after = Math.floor(total / 2);
        const all = await journal.query({ worldId: WORLD, pageSize: 1_000 });
        const wanted = all.events.map(({ ordinal }) => ordinal).filter((ordinal) => ordinal > after);
        const heard: number[] = [];
        for await (const { events } of journal.tail({ worldId: WORLD, after })) {
          heard.push(...events.map(({ ordinal }) => ordinal));
          if (heard.length >= wanted.length) break;
        }
        expect(heard).toEqual(wanted);
        await host.stop();
      }),
      { numRuns: 12, seed: 11 },
    );
  });
});
