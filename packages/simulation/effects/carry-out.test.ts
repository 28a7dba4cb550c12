import { create } from "@bufbuild/protobuf";
import { virtualClock } from "@orrery/bus";
import type { Kit } from "@orrery/service";
import { expect, it } from "vitest";
import { PriceAsked, PriceAskedSchema, PriceHeard } from "../../wire/test-schema/gen/outside/v1/mod.ts";
import { createTable } from "../state/table.ts";
import type { ShardWorlds } from "../worlds.ts";
import { carryOutIntents } from "./carry-out.ts";
import { watchEffect } from "./figures.ts";
import { openIntents } from "./open-intents.ts";
import { effectTerms } from "./terms.ts";

/** A world in whose state intents come and go without a word. */
function silentWorld() {
  const clock = virtualClock();
  const prices = createTable<PriceAsked>("prices", PriceAsked);
  const worlds = {
    ids: () => ["vale"],
    has: () => true,
    state: () => ({ prices }),
    marks: () => [],
    committed: async () => {},
    command: async (_world: string, _request: unknown, _reply: unknown, { intentId }: any) =>
      void prices.remove(intentId),
    onChange: () => () => undefined,
    onEnd: () => () => undefined,
  } as unknown as ShardWorlds;
  const count = () => () => undefined;
  const kit = {
    service: "stall",
    clock,
    hostMs: () => clock.now(),
    metrics: { counter: count, gauge: count, histogram: count },
    health: { add: () => undefined },
  } as unknown as Kit;
  return { clock, prices, worlds, kit };
}

it("finds an intent that is there again after a handler died, though no input says so", async () => {
  const { clock, prices, worlds, kit } = silentWorld();
  const asked: string[] = [];
  const open = openIntents();
  const stop = carryOutIntents({
    kit,
    open,
    figures: watchEffect(kit, "prices", [open]),
    worlds,
    table: "prices",
    intent: PriceAsked,
    answer: PriceHeard,
    carryOut: async (_wanted, { id }) => (asked.push(id), { price: 1 }),
    terms: effectTerms({}),
  });
  prices.add("price-1", create(PriceAskedSchema, { askedMs: clock.now() }));
  await clock.advance(5_000);
  expect(asked).toEqual([]);
  await clock.advance(10_000);
  expect(asked).toEqual(["price-1"]);
  expect(prices.size).toBe(0);
  await stop();
});
