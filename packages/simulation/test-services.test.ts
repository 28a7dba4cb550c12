import { HoldState, HourChanged, TimerCancelled } from "@orrery/schema/time/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import { defineService } from "@orrery/service";
import { afterEach, describe, expect, it } from "vitest";
import { defineAggregate } from "./define.ts";
import { type TestServices, testServices } from "./test-services.ts";

let services: TestServices;
afterEach(() => services.stop());

/** Takes note of hours, and says so. */
const teller = defineAggregate({ state: { root: HoldState }, emits: [TimerCancelled] }, ({ on }) => ({
  create: () => undefined,
  on: [
    on(HourChanged, ({ root: state }, { atGs }, ctx) => {
      state.note += `${atGs} `;
      ctx.emit(TimerCancelled, { timerId: `${atGs}`, atGs });
    }),
  ],
}));
/** Takes note of what the other one says, and of what it said it. */
const listener = defineAggregate({ state: { root: HoldState }, emits: [] }, ({ on }) => ({
  create: () => undefined,
  on: [
    on(TimerCancelled, ({ root: state }, { timerId }, ctx) => {
      state.note += `${timerId} by ${ctx.by} `;
    }),
  ],
}));
let luck = 0;
/** Does what world logic must not: something that its input does not say. */
const gambler = defineAggregate({ state: { root: HoldState }, emits: [] }, ({ on }) => ({
  create: () => undefined,
  on: [
    on(HourChanged, ({ root: state }) => {
      state.note += `${luck++} `;
    }),
  ],
}));

const service = (id: string, aggregate: typeof teller | typeof listener) =>
  defineService({ id, summary: "Is tested.", aggregate });

async function begin(...aggregates: readonly (readonly [string, typeof teller | typeof listener])[]) {
  services = await testServices(aggregates.map(([id, aggregate]) => service(id, aggregate)));
  await services.tell("vale", "operator", WorldCreated, { worldId: "vale", seed: "s" });
  await services.pass();
}

describe("services in a test", () => {
  it("hear each other, over a restart too, and what each says is known as its own", async () => {
    await begin(["teller", teller], ["listener", listener]);
    await services.tell("vale", "time-manager", HourChanged, { atGs: 1 });
    await services.pass();
    await services.restart();
    await services.tell("vale", "time-manager", HourChanged, { atGs: 2 });
    await services.pass();
    expect(services.state(listener, "vale").root.note).toBe("1 by teller 2 by teller ");
    expect(services.said(TimerCancelled)).toHaveLength(2);
  });

  it("are found out when a state holds what its inputs do not make of it", async () => {
    await begin(["gambler", gambler]);
    await services.tell("vale", "time-manager", HourChanged, { atGs: 1 });
    await expect(services.pass()).rejects.toThrow(/vale in gambler is not what its inputs make of it/);
  });

  it("are looked at wherever they name their aggregate", async () => {
    services = await testServices([
      defineService({ id: "gambler", summary: "Is tested.", parts: [gambler] }),
    ]);
    await services.tell("vale", "operator", WorldCreated, { worldId: "vale", seed: "s" });
    await services.tell("vale", "time-manager", HourChanged, { atGs: 1 });
    await expect(services.pass()).rejects.toThrow(/vale in gambler is not what its inputs make of it/);
    expect(services.state(gambler, "vale").root.note).not.toBe("");
  });
});
