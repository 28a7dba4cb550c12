import { create } from "@bufbuild/protobuf";
import { HoldState, HoldStateSchema, HourChanged, TimerCancelled } from "@orrery/schema/time/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import { defineService } from "@orrery/service";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defineAggregate } from "./define.ts";
import { type TestServices, testServices } from "./test-services.ts";

const PEOPLE = 50;
/** Hours whose handler dies once, after it changed much. */
let dies = new Set<number>();

const people = defineAggregate(
  { state: { root: HoldState, tables: { people: HoldState } }, emits: [TimerCancelled] },
  ({ on }) => ({
    create({ people: all }) {
      for (let at = 0; at < PEOPLE; at++) all.add(`p${at}`, create(HoldStateSchema, { note: `${at}` }));
    },
    on: [
      on(HourChanged, ({ root, people: all }, { atGs }, ctx) => {
        root.note += ` ${atGs}`;
        all.edit(`p${atGs}`).note += ` at ${atGs}`;
        all.add(`born ${atGs}`, create(HoldStateSchema, { note: "new" }));
        all.remove(`p${atGs + 20}`);
        ctx.emit(TimerCancelled, { timerId: `${atGs}`, atGs });
        if (dies.delete(atGs)) throw new Error("died half way");
      }),
    ],
  }),
);
const keeper = defineService({ id: "people-keeper", summary: "-", aggregate: people });

let services: TestServices;
beforeEach(async () => {
  services = await testServices([keeper]);
  await services.tell("vale", "operator", WorldCreated, { worldId: "vale", seed: "s" });
  await services.pass();
});
afterEach(() => services.stop());

const hour = async (atGs: number) => {
  await services.tell("vale", "time-manager", HourChanged, { atGs });
  await services.pass(3_000);
};

describe("a handler that dies half way", () => {
  it.each([false, true])(
    "leaves nothing of what it did, and is tried again (after a restart: %s)",
    async (again) => {
      await hour(1);
      if (again) await services.restart();
      await hour(2);
      dies = new Set([3, 4]);
      for (const atGs of [3, 4, 5]) await hour(atGs);
      const { root, people: all } = services.state(people, "vale");
      expect(root.note).toBe(" 1 2 3 4 5");
      expect(all.get("p3")?.note).toBe("3 at 3");
      expect(all.get("born 4")?.note).toBe("new");
      expect([21, 22, 23, 24, 25, 26].map((at) => all.has(`p${at}`))).toEqual([
        false,
        false,
        false,
        false,
        false,
        true,
      ]);
      expect(all.size).toBe(PEOPLE);
      expect(services.said(TimerCancelled).map(({ atGs }) => atGs)).toEqual([1, 2, 3, 4, 5]);
      await services.restart({ killed: true });
      await services.pass();
    },
  );
});
