import { create } from "@bufbuild/protobuf";
import { HourChanged, TimerCancelled } from "@orrery/schema/time/v1";
import { AnswerTaken } from "@orrery/schema/simulation/v1";
import { defineService } from "@orrery/service";
import { describe, expect, it } from "vitest";
import {
  PriceAsked,
  PriceAskedSchema,
  PriceHeard,
  Stall,
} from "../../wire/test-schema/gen/outside/v1/mod.ts";
import { defineAggregate } from "../define.ts";
import { testWorld } from "../testing.ts";
import { effect } from "./effect.ts";
import { stall, stallWith } from "./stall.testing.ts";

describe("the definition of what is asked outside", () => {
  it("is refused when nobody carries it out, by the part's name", () => {
    expect(() => defineService({ id: "stall", summary: "-", aggregate: stall })).toThrow(
      /SERVICE_PART_MISSING.*stall: effect prices/,
    );
  });

  it("is refused when the aggregate does not take the answers", () => {
    const deaf = defineAggregate(
      { state: { root: Stall, tables: { prices: PriceAsked } }, emits: [] },
      () => ({
        create: () => undefined,
      }),
    );
    expect(() => effect(deaf, "prices", PriceHeard, async () => ({ price: 1 }))).toThrow(
      /WORLD_EFFECT_INVALID.*takes no outside.v1.PriceHeard for its table prices/,
    );
  });

  it.each([
    { deadlineMs: -1 },
    { deadlineMs: Number.NaN },
    { attemptMs: 0 },
    { attemptMs: Infinity },
    { atOnce: 0 },
  ])("is refused with terms that make no sense: %o", (terms) => {
    expect(() => stallWith(async () => ({ price: 1 }), terms)).toThrow(
      new RegExp(`WORLD_EFFECT_INVALID.*${Object.keys(terms)[0]}`),
    );
  });
});

describe("an answer in a test of the world", () => {
  it("is told with what was asked, and takes the intent away", () => {
    const world = testWorld(stall, { worldId: "vale" });
    world.tell(HourChanged, { atGs: 1 });
    expect(world.state.prices.get("price-1")?.item).toBe("bread-1");
    expect(world.run(PriceHeard, AnswerTaken, { intentId: "price-1", price: 4 }).wasOpen).toBe(true);
    expect(world.run(PriceHeard, AnswerTaken, { intentId: "price-1", price: 5 }).wasOpen).toBe(false);
    expect(world.run(PriceHeard, AnswerTaken, { intentId: "constructor" }).wasOpen).toBe(false);
    expect(world.state.root.notes).toEqual(["bread-1 4"]);
    expect(world.state.prices.size).toBe(0);
  });
});

/** Does with its intents what it must not. */
function wrong(how: (prices: any, atGs: number) => void, answered: (prices: any) => void = () => {}) {
  const aggregate = defineAggregate(
    { state: { root: Stall, tables: { prices: PriceAsked } }, emits: [] },
    ({ on, answer }) => ({
      create: () => undefined,
      on: [
        on(HourChanged, ({ prices }, { atGs }) => void how(prices, atGs)),
        on(TimerCancelled, ({ prices }, { timerId }) => void prices.remove(timerId)),
      ],
      commands: [answer("prices", PriceHeard, ({ prices }) => void answered(prices))],
    }),
  );
  return testWorld(aggregate, { worldId: "vale" });
}

const asked = (item: string) => create(PriceAskedSchema, { item });

describe("a test of the world", () => {
  it("finds an id that stands for a second question", () => {
    const world = wrong((prices, atGs) => prices.add("price", asked(`bread-${atGs}`)));
    world.tell(HourChanged, { atGs: 1 });
    world.tell(TimerCancelled, { timerId: "price", atGs: 1 });
    expect(() => world.tell(HourChanged, { atGs: 2 })).toThrow(/asks under "price" of prices again/);
  });

  it("finds an intent that is changed while it is open", () => {
    const world = wrong((prices, atGs) => {
      if (atGs === 1) prices.add("price", asked("bread"));
      else prices.edit("price").item = "cake";
    });
    world.tell(HourChanged, { atGs: 1 });
    expect(() => world.tell(HourChanged, { atGs: 2 })).toThrow(/changed what "price" of prices asks/);
  });

  it("finds a handler that asks anew under the id that it was just answered", () => {
    const world = wrong(
      (prices) => prices.add("price", asked("bread")),
      (prices) => {
        prices.remove("price");
        prices.add("price", asked("cake"));
      },
    );
    world.tell(HourChanged, { atGs: 1 });
    expect(() => world.run(PriceHeard, AnswerTaken, { intentId: "price" })).toThrow(
      /WORLD_INTENT_AGAIN|refused/,
    );
  });
});
