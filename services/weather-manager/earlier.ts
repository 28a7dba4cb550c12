import { WeatherSampled } from "@orrery/schema/weather/v1";
import type { Part } from "@orrery/service";
import type { Present } from "./ensemble.ts";
import { HOUR_GS } from "./hour.ts";
import type { Model } from "./model.ts";
import { frozenPresent } from "./present.ts";
import { modelFor } from "./state.ts";
import { weather } from "./weather.ts";

/** A moment that forecasts can still be made from as they were made then. */
export interface Earlier {
  readonly present: Present;
  readonly model: Model;
}

const EACH_GS = 6 * HOUR_GS;
const KEPT = 9;

/** Moments of the last two days, six hours apart: what came can be held against what was expected. */
export const earlier: Part<{ at(world: string, gs: number): Earlier | undefined }> = {
  name: "earlier",
  publishes: [],
  subscribes: [WeatherSampled.typeName],
  async start(kit) {
    const byWorld = new Map<string, Earlier[]>();

    function keep(world: string): void {
      // A copy that stands by has no state, and nobody has one of a world that stands still or has ended.
      if (!kit.part(weather).has(world)) return;
      const state = kit.part(weather).state(world).root;
      const moments = byWorld.get(world) ?? [];
      byWorld.set(world, moments);
      const last = moments.at(-1)?.present.atGs ?? Number.NEGATIVE_INFINITY;
      if (state.steppedGs < last + EACH_GS) return;
      const model = modelFor(state);
      moments.push({ present: frozenPresent(state, model), model });
      if (moments.length > KEPT) moments.shift();
    }

    const stopWaiting = kit.part(weather).onEnd((world) => void byWorld.delete(world));
    const subscription = kit.bus.subscribe({
      id: `${kit.service}/earlier-${kit.instance}`,
      types: [WeatherSampled.typeName],
      order: "none",
      from: "latest",
      ephemeral: true,
      handle: ({ world }) => keep(world),
    });
    return {
      handle: {
        at: (world, gs) => byWorld.get(world)?.findLast(({ present }) => present.atGs <= gs),
      },
      async stop() {
        stopWaiting();
        await subscription.drain();
      },
    };
  },
};
