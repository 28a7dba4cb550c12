import { HoldState, HourChanged, TimerCancelled } from "@orrery/schema/time/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import { defineService } from "@orrery/service";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defineAggregate } from "./define.ts";
import { type TestServices, testServices } from "./test-services.ts";

/** Says something each hour, and keeps under which number it said it. */
const numbers = defineAggregate({ state: { root: HoldState }, emits: [TimerCancelled] }, ({ on }) => ({
  create: () => undefined,
  on: [
    on(HourChanged, ({ root: state }, { atGs }, ctx) => {
      state.note += `${ctx.emit(TimerCancelled, { timerId: `${atGs}`, atGs }).sequence} `;
    }),
  ],
}));
const clerk = defineService({ id: "number-clerk", summary: "Keeps numbers.", aggregate: numbers });

let services: TestServices;
beforeEach(async () => {
  services = await testServices([clerk]);
  await services.tell("vale", "operator", WorldCreated, { worldId: "vale", seed: "s" });
  await services.pass();
});
afterEach(() => services.stop());

async function hour(atGs: number): Promise<void> {
  await services.tell("vale", "time-manager", HourChanged, { atGs });
  await services.pass();
}
const noted = () => services.state(numbers, "vale").root.note;

describe("numbers of events that a state keeps", () => {
  it("are the same after each start, however many inputs stand behind the snapshot", async () => {
    for (const atGs of [1, 2, 3]) await hour(atGs);
    expect(noted()).toBe("1 2 3 ");
    for (let round = 0; round < 3; round++) {
      await services.restart();
      expect(noted()).toBe("1 2 3 ");
    }
    await hour(4);
    expect(noted()).toBe("1 2 3 4 ");
    expect(services.said(TimerCancelled).map(({ atGs }) => atGs)).toEqual([1, 2, 3, 4]);
  });
});
