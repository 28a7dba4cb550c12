import { virtualClock } from "@orrery/bus";
import { SubjectErased } from "@orrery/schema/bus/v1";
import { openStore } from "@orrery/service";
import { describe, expect, it } from "vitest";
import { createLease } from "../lease.ts";
import { createLastSaid } from "./last-said.ts";

const TYPE = SubjectErased.typeName;

/** What every store must keep of what was said last. `url` names a fresh database each time. */
export function lastSaidSuite(name: string, url: () => Promise<string>): void {
  describe(`what was said last, on ${name}`, () => {
    async function open() {
      const clock = virtualClock();
      const store = await openStore({ service: "listener", url: await url(), migrations: {} });
      const lease = createLease(store, "listener/aggregate/0", "one", clock);
      await lease.acquire();
      const handlers = { events: new Map([[TYPE, {}]]) };
      const keeping = { kit: { store }, part: "aggregate/0", handlers } as never;
      const lastSaid = createLastSaid(keeping, lease);
      const say = (
        ...events: readonly (readonly [by: string, sequence: number, timeMs: number, key: string])[]
      ) =>
        lastSaid.keep({
          *events() {
            for (const [publisher, sequence, timeMs, key] of events)
              yield {
                publisher,
                sequence,
                timeMs,
                key,
                type: TYPE,
                source: "s",
                payload: new Uint8Array([sequence]),
              };
          },
        } as never);
      const read = async () =>
        (await lastSaid.read()).map(({ publisher, sequence, key }) => `${key} ${publisher}${sequence}`);
      return { store, clock, say, read };
    }

    it("is the last of each key, however often and in whichever order it comes", async () => {
      const { store, say, read } = await open();
      await say(["p", 1, 10, "ada"], ["p", 2, 10, "bo"], ["p", 3, 11, "ada"]);
      expect(await read()).toEqual(["bo p2", "ada p3"]);
      await say(["p", 1, 10, "ada"], ["p", 2, 10, "bo"]);
      expect(await read()).toEqual(["bo p2", "ada p3"]);
      // The publisher's clock was set back: its sequences count.
      await say(["p", 4, 1, "ada"]);
      expect(await read()).toEqual(["bo p2", "ada p4"]);
      // Another one speaks for it now; what the first one left behind comes late.
      await say(["a", 1, 20, "ada"]);
      await say(["p", 5, 15, "ada"]);
      expect(await read()).toEqual(["bo p2", "ada a1"]);
      await store.close();
    });

    it("is not written by who is the writer no more", async () => {
      const { store, clock, say, read } = await open();
      await clock.advance(60_000);
      await createLease(store, "listener/aggregate/0", "two", clock).acquire();
      await expect(say(["p", 1, 10, "ada"])).rejects.toThrow(/WORLD_COMMIT_REFUSED/);
      expect(await read()).toEqual([]);
      await store.close();
    });
  });
}
