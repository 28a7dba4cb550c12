import { virtualClock } from "@orrery/bus";
import { JournalService } from "@orrery/schema/bus/v1";
import { TimerCancelled } from "@orrery/schema/time/v1";
import { encodeBytes } from "@orrery/wire";
import { sql } from "kysely";
import { afterEach, describe, expect, it } from "vitest";
import type { Health } from "../health.ts";
import { createHealth } from "../health.ts";
import type { Kit } from "../kit.ts";
import { openStore, type Store } from "../store/store.ts";
import { projection } from "./projection.ts";

interface Tables {
  tally: { world: string; timer: string; count: number };
}
interface Event {
  readonly publisher: string;
  readonly sequence: number;
  readonly timer: string;
  readonly world?: string;
}
const said = (sequence: number, timer: string, publisher = "p/vale/r"): Event => ({
  publisher,
  sequence,
  timer,
});
const TYPE = TimerCancelled.typeName;
const payloadOf = ({ timer }: Event) => encodeBytes(TimerCancelled, { timerId: timer });

/**
 * How a read model must live on every store. `url` names a fresh database each time.
 * @param copies whether processes of one service share a database
 */
export function projectingSuite(name: string, url: () => Promise<string>, copies = false): void {
  describe(`a projection, on ${name}`, () => {
    const stores: Store[] = [];
    afterEach(async () => {
      for (const store of stores.splice(0)) await store.close();
    });

    /** A service's kit on a database, and a journal of which a test says what it has. */
    async function open(address?: string, earlier?: { readonly journal: Event[] }) {
      const clock = virtualClock();
      const store = await openStore({
        service: "teller",
        url: address ?? (await url()),
        migrations: {
          "001-tally": async (db) => {
            await db.schema
              .createTable("tally")
              .addColumn("world", "text", (c) => c.notNull())
              .addColumn("timer", "text", (c) => c.notNull())
              .addColumn("count", "integer", (c) => c.notNull())
              .addPrimaryKeyConstraint("tally_pk", ["world", "timer"])
              .execute();
          },
        },
      });
      stores.push(store);
      const journal: Event[] = earlier?.journal ?? [];
      const world = { fails: "", lost: [] as string[], asked: async (_page: number) => {} };
      /** Counts, so that what is told twice shows. */
      const part = projection(
        "tally",
        [TYPE],
        async (events, into) => {
          for (const event of events) {
            const { timerId: timer } = event.decode(TimerCancelled);
            if (timer === world.fails) throw new Error("died");
            await into
              .as<Tables>()
              .insertInto("tally")
              .values({ world: into.world, timer, count: 1 })
              .onConflict((c) => c.columns(["world", "timer"]).doUpdateSet({ count: sql`tally.count + 1` }))
              .execute();
          }
        },
        { tables: ["tally"] },
      );
      const rpc = {
        heads: async () => {
          const heads = [...new Set(journal.map(({ publisher }) => publisher))];
          return {
            keptUntilMs: clock.now() + 1,
            heads: heads.map((publisher) => ({ publisher, lane: 2, sequence: 99, lastMs: 0 })),
          };
        },
        frames: async ({ stretches }: { stretches: readonly object[] }) => ({
          lost: world.lost,
          here: stretches.map((one) => ({ ...one, after: 0 })),
        }),
        async query({ pageToken = "", pageSize }: { pageToken?: string; pageSize: number }) {
          const at = Number(pageToken);
          // Of the question how far back it reaches.
          const size = pageSize === 1_000 ? 1_000 : 2;
          if (size === 2) await world.asked(at / 2);
          const events = journal.slice(at, at + size).map((event) => ({
            id: event,
            type: TYPE,
            key: event.timer,
            service: "p",
            lane: "standard",
            world: event.world ?? "vale",
            timeMs: 86_400_000,
            atGs: 7,
            contentType: "protobuf",
            payload: payloadOf(event),
          }));
          return { events, nextPageToken: at + size < journal.length ? String(at + size) : "" };
        },
      };
      let handle: (batch: unknown) => Promise<void> = async () => {};
      const health: Health = createHealth({});
      const kit = {
        service: "teller",
        instance: "one",
        store,
        clock,
        health,
        hostMs: () => clock.now(),
        log: { info() {}, warn() {} },
        client: (service: unknown) => (service === JournalService ? rpc : undefined),
        bus: {
          subscribe(spec: { handleFrame: typeof handle }) {
            handle = spec.handleFrame;
            return { drain: async () => {} };
          },
        },
      } as unknown as Kit;
      await part.start(kit);
      return {
        kit,
        store,
        journal,
        world,
        health,
        hear: (...events: Event[]) =>
          handle({
            world: "vale",
            frame: { contentType: "protobuf" },
            *events() {
              for (const event of events)
                yield { ...event, type: TYPE, key: "", timeMs: 1, payload: payloadOf(event) };
            },
          }),
        begin: (fromRetained = false) =>
          part.rebuild!(kit, { worldId: "vale", fromRetained }, new AbortController().signal),
        async rebuild(fromRetained = false) {
          let last: { events?: number; done?: boolean; lost?: number } = {};
          for await (const told of this.begin(fromRetained)) last = told;
          return last;
        },
        async rows(of = "vale") {
          const rows = await store.as<Tables>().selectFrom("tally").selectAll().orderBy("timer").execute();
          return rows.filter((row) => row.world === of).map(({ timer, count }) => `${timer} ${count}`);
        },
        besides: async () =>
          (await store.as<Tables>().selectFrom("tally").selectAll().execute()).filter(
            (row) => row.world !== "vale",
          ).length,
      };
    }

    it("is told each event once, however often and in whichever order it comes, over restarts", async () => {
      const address = await url();
      const first = await open(address);
      await first.hear(said(1, "a"), said(9_000, "b"), said(1, "a", "q/vale/r"));
      await first.hear(said(8_191, "c"), said(1, "a"));
      const again = await open(address);
      await again.hear(said(8_192, "constructor"), said(9_000, "b"), said(2 ** 40, "d"));
      await again.hear(said(2 ** 40, "d"));
      expect(await again.rows()).toEqual(["a 2", "b 1", "c 1", "constructor 1", "d 1"]);
    });

    it.runIf(copies)(
      "is told each event once by all copies of its service, also while one builds it again",
      async () => {
        const address = await url();
        const [one, other] = [await open(address), await open(address)];
        const events = Array.from({ length: 40 }, (_, at) => said(at + 1, `t${at % 7}`));
        one.journal.push(...events);
        const hearAll = async (copy: typeof one) => {
          for (let at = 0; at < events.length; at += 4) await copy.hear(...events.slice(at, at + 6));
        };
        const [, , built] = await Promise.all([hearAll(one), hearAll(other), one.rebuild()]);
        expect(built).toMatchObject({ done: true, lost: 0 });
        await Promise.all([hearAll(one), hearAll(other)]);
        const counts = Array.from({ length: 7 }, (_, at) => `t${at} ${at < 5 ? 6 : 5}`);
        expect([await one.rows(), await other.besides()]).toEqual([counts, 0]);
      },
    );

    it("whose handler dies has nothing of that frame, and is told it again", async () => {
      const one = await open();
      one.world.fails = "b";
      await expect(one.hear(said(1, "a"), said(2, "b"))).rejects.toThrow("died");
      expect(await one.rows()).toEqual([]);
      one.world.fails = "";
      await one.hear(said(1, "a"), said(2, "b"));
      expect(await one.rows()).toEqual(["a 1", "b 1"]);
    });

    it("is built again to the same rows, and mends what was wrong in them", async () => {
      const one = await open();
      const events = [said(1, "a"), said(2, "b"), said(3, "a"), said(4, "c"), said(1, "a", "q/vale/r")];
      one.journal.push(...events, { ...said(1, "elder", "p/parent/r"), world: "parent" });
      await one.hear(...events);
      await one.store.as<Tables>().updateTable("tally").set({ count: 77 }).execute();
      expect(await one.rebuild()).toMatchObject({ events: 5, done: true, lost: 0 });
      expect(await one.rows()).toEqual(["a 3", "b 1", "c 1"]);
      await one.hear(...events);
      expect([await one.rows(), await one.besides()]).toEqual([["a 3", "b 1", "c 1"], 0]);
    });

    it("goes on meanwhile: at the seam nothing is lost and nothing told twice, whichever brings it first", async () => {
      const one = await open();
      const before = [said(1, "a"), said(2, "b"), said(3, "c")];
      one.journal.push(...before);
      await one.hear(...before.slice(0, 2));
      one.world.asked = async (page) => {
        if (page !== 1) return;
        // Heard, and in the journal: before it is read, after it was read, and not yet at all.
        one.journal.push(said(4, "d"), said(5, "e"));
        await one.hear(said(4, "d"), said(6, "f"));
        expect(one.health.report()).toMatchObject({ degraded: true, healthy: true });
        expect(await one.rows()).toEqual(["a 1", "b 1", "d 1", "f 1"]);
      };
      expect(await one.rebuild()).toMatchObject({ done: true });
      // The subscription comes later than the journal.
      await one.hear(said(3, "c"), said(5, "e"), said(4, "d"));
      expect(await one.rows()).toEqual(["a 1", "b 1", "c 1", "d 1", "e 1", "f 1"]);
      expect(one.health.report().degraded).toBe(false);
    });

    it("is read once more where the journal said too early that it has all", async () => {
      const one = await open();
      one.journal.push(said(1, "a"));
      await one.hear(said(1, "a"), said(2, "late"));
      let reads = 0;
      one.world.asked = async () => {
        if (++reads === 2) one.journal.push(said(2, "late"));
      };
      expect(await one.rebuild()).toMatchObject({ done: true, lost: 0 });
      expect(await one.rows()).toEqual(["a 1", "late 1"]);
    });

    it.each(["is killed", "fails", "is left by its caller"])(
      "stays as it was when its rebuild %s half way, and can be built again",
      async (how) => {
        const address = await url();
        const one = await open(address);
        const events = [said(1, "a"), said(2, "b"), said(3, "c")];
        one.journal.push(...events);
        await one.hear(...events);
        const building = one.begin();
        await building.next();
        expect(await one.besides()).toBe(2);
        if (how === "fails") {
          one.world.fails = "c";
          await expect(building.next()).rejects.toThrow("died");
        } else if (how === "is left by its caller") await building.return(undefined);
        expect(await one.rows()).toEqual(["a 1", "b 1", "c 1"]);
        if (how !== "is killed") expect(await one.besides()).toBe(0);
        const again = await open(address, one);
        await again.hear(said(4, "d"));
        again.journal.push(said(4, "d"));
        expect(await again.rebuild()).toMatchObject({ done: true });
        expect([await again.rows(), await again.besides()]).toEqual([["a 1", "b 1", "c 1", "d 1"], 0]);
        // Whoever was thought dead finds that it is another's turn.
        if (how !== "is killed") return;
        await expect(building.next()).rejects.toThrow(/PROJECTION_TAKEN_OVER/);
        expect(await again.rows()).toEqual(["a 1", "b 1", "c 1", "d 1"]);
      },
    );

    it("is not told anything for a copy whose builder has gone, and the next one lacks nothing for that", async () => {
      const address = await url();
      const one = await open(address);
      one.journal.push(said(1, "a"), said(2, "b"), said(3, "c"));
      const building = one.begin();
      await building.next();
      await (one.kit.clock as ReturnType<typeof virtualClock>).advance(31_000);
      await one.hear(said(4, "d"));
      expect(await one.besides()).toBe(2);
      one.journal.push(said(4, "d"));
      // It was only slow: the journal brings what it was not told.
      for await (const _told of building);
      expect(await one.rows()).toEqual(["a 1", "b 1", "c 1", "d 1"]);
    });

    it("is not built of a journal that does not reach back, unless whoever asks takes what is left", async () => {
      const one = await open();
      await one.hear(said(1, "old"), said(2, "a"));
      one.journal.push(said(2, "a"));
      one.world.lost = ["p/vale/r"];
      await expect(one.rebuild()).rejects.toThrow(
        /PROJECTION_NOT_REACHED.*p\/vale\/r: it has them from 1970-01-02T00:00:00.000Z \(game second 7\) on/,
      );
      // Nobody says that there is a hole, but what was heard is not there.
      one.world.lost = [];
      await expect(one.rebuild()).rejects.toThrow(/PROJECTION_NOT_REACHED.*1 events/);
      expect(await one.rows()).toEqual(["a 1", "old 1"]);
      expect(await one.rebuild(true)).toMatchObject({ done: true, lost: 1 });
      expect(await one.rows()).toEqual(["a 1"]);
    });

    it("is built of an empty journal to nothing", async () => {
      const one = await open();
      expect(await one.rebuild()).toMatchObject({ events: 0, done: true });
      await one.hear(said(1, "a"));
      expect(await one.rows()).toEqual(["a 1"]);
    });
  });
}
