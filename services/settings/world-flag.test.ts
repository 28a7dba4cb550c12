import { contextOf, evaluate, flagsTold, takeFlag } from "@orrery/flags";
import {
  Flag,
  FlagChanged,
  FlagService,
  FlagSnapshot,
  Segment,
  SettingChanged,
} from "@orrery/schema/settings/v1";
import { HourChanged } from "@orrery/schema/time/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import { defineService } from "@orrery/service";
import { defineAggregate } from "@orrery/simulation/define";
import { type TestServices, testServices } from "@orrery/simulation/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import service from "./service.ts";
import { partFlag } from "./testing/flag-suite.ts";

const ADMIN = { role: "admin", id: "operator", scopes: [] } as const;
const PEOPLE = Array.from({ length: 20 }, (_, at) => `npc:${at}`);

/** A world that goes by a flag as it was told of it: each hour some of its people light a lamp. */
const lamps = defineAggregate(
  { state: { root: FlagSnapshot, tables: { flags: Flag, segments: Segment } }, emits: [SettingChanged] },
  ({ on }) => ({
    create() {},
    on: [
      on(FlagChanged, takeFlag),
      on(HourChanged, (state, { atGs }, ctx) => {
        const told = flagsTold(state);
        const lit = PEOPLE.filter((id) => evaluate(told, "lamps", contextOf(id)).variant === "on");
        ctx.emit(SettingChanged, { settingId: `lamps/${atGs}`, key: "lamps", revision: lit.length });
      }),
    ],
  }),
);
const lampService = defineService({ id: "lamp-lighter", summary: "Lights lamps.", aggregate: lamps });

describe("a world that branches on a flag", () => {
  let services: TestServices;
  let hour = 0;
  beforeEach(async () => {
    services = await testServices([service, lampService]);
    hour = 0;
  });
  afterEach(() => services.stop());

  const begin = (worldId: string) =>
    services.tell(worldId, "operator", WorldCreated, { worldId, seed: "one", rate: 60 });
  const strike = async (world: string) => {
    hour += 1;
    await services.tell(world, "time-manager", HourChanged, { atGs: hour * 3_600 });
    await services.pass();
  };
  const flags = () => services.host.directory.client(FlagService, ADMIN);
  const lit = () =>
    services
      .said(SettingChanged)
      .filter(({ key }) => key === "lamps")
      .map(({ revision }) => revision);

  it("shows the off variant from the next decision on when the flag is killed, and its state is what its inputs make of it", async () => {
    await begin("w");
    await flags().put({ flag: partFlag("lamps", 100_000), idempotencyKey: "put-lamps" });
    await services.pass();
    await strike("w");
    await flags().kill({ flagKey: "lamps", reason: "dark", idempotencyKey: "kill-lamps" });
    await services.pass();
    await strike("w");
    expect(lit()).toEqual([20, 0]);
    await services.restart({ killed: true });
    await strike("w");
    expect(lit()).toEqual([20, 0, 0]);
  });

  it("is told at its beginning how flags stand, as an input of its own", async () => {
    await begin("old");
    await flags().put({ flag: partFlag("lamps", 100_000), idempotencyKey: "put-lamps" });
    await services.pass();
    await begin("young");
    await services.pass();
    await strike("young");
    expect(lit()).toEqual([20]);
    await services.restart({ killed: true });
    await strike("young");
    expect(lit()).toEqual([20, 20]);
  });
});
