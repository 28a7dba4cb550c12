import {
  AlertKind,
  AlertStage,
  Condition,
  WeatherChanged,
  WeatherSampled,
  WeatherSevere,
} from "@orrery/schema/weather/v1";
import { HourChanged } from "@orrery/schema/time/v1";
import type { Kit, Part } from "@orrery/service";
import { forecasts } from "./forecast-part.ts";
import { isWet } from "./graph.ts";
import { HOUR_GS } from "./hour.ts";
import { presentOf } from "./present.ts";
import { modelFor } from "./state.ts";
import { weather } from "./weather.ts";

const AHEAD_H = 12;
/** Weight of the newest score in the running one. */
const NEWEST = 0.02;

const TYPES = [
  WeatherChanged.typeName,
  WeatherSevere.typeName,
  WeatherSampled.typeName,
  HourChanged.typeName,
];
/** The last hour stepped is within this of the clock. */
const BEHIND_GS = 2 * HOUR_GS;
/** A skip brings many hours at once: only who does not move on is behind. */
const PATIENCE_MS = 10_000;

const word = (names: Readonly<Record<string, unknown>>, value: unknown) =>
  Object.keys(names)
    .find((name) => names[name] === value)
    ?.toLowerCase() ?? "unknown";

/** What operators see of the weather: changes, alerts, hours by condition, and how good its forecasts are. */
export const figures: Part<void> = {
  name: "figures",
  publishes: [],
  subscribes: TYPES,
  async start(kit) {
    const { metrics } = kit;
    const changes = metrics.counter("orrery_weather_changes_total", "Skies told, by condition", [
      "condition",
    ]);
    const alerts = metrics.counter("orrery_weather_alerts_total", "Alerts, by kind and stage", [
      "kind",
      "stage",
    ]);
    const hours = metrics.counter("orrery_weather_region_hours_total", "Hours of regions, by condition", [
      "condition",
    ]);
    const overrides = metrics.gauge("orrery_weather_overrides", "Overrides in force", ["world"]);
    const score = scoring(kit);
    const struck = hoursStruck(kit);
    const subscription = kit.bus.subscribe({
      // Every copy hears all; only the one that is the writer has a state to tell of.
      id: `${kit.service}/figures-${kit.instance}`,
      types: TYPES,
      order: "none",
      from: "latest",
      ephemeral: true,
      handle(event) {
        if (!kit.part(weather).active) return;
        if (event.type === WeatherChanged.typeName) {
          changes(1, { condition: word(Condition, event.decode(WeatherChanged).condition) });
        } else if (event.type === WeatherSevere.typeName) {
          const { kind, stage } = event.decode(WeatherSevere);
          alerts(1, { kind: word(AlertKind, kind), stage: word(AlertStage, stage) });
        } else if (event.type === HourChanged.typeName) {
          struck(event.world, event.decode(HourChanged).atGs);
        } else {
          const sampled = event.decode(WeatherSampled);
          for (const { condition } of sampled.samples) hours(1, { condition: word(Condition, condition) });
          // A world may stand still here, or have ended since.
          if (!kit.part(weather).has(event.world)) return;
          const { regions } = kit.part(weather).state(event.world).root;
          overrides(regions.filter(({ activeOverrideId }) => activeOverrideId !== "").length, {
            world: event.world,
          });
          score(event.world, sampled);
        }
      },
    });
    const stopWaiting = kit.part(weather).onEnd((world) => overrides(0, { world }));
    return {
      handle: undefined,
      async stop() {
        stopWaiting();
        await subscription.drain();
      },
    };
  },
};

/** Health: that the weather follows the hours which the clock strikes. */
function hoursStruck(kit: Kit): (world: string, atGs: number) => void {
  const worlds = kit.part(weather);
  const heard = new Map<string, { hourGs: number; steppedGs: number; movedMs: number }>();
  kit.health.add({
    name: "hours",
    kind: "progress",
    ask() {
      const nowMs = kit.clock.now();
      for (const [world, seen] of worlds.active ? heard : []) {
        if (!worlds.ids().includes(world)) continue;
        const { steppedGs } = worlds.state(world).root;
        if (steppedGs !== seen.steppedGs || seen.hourGs - steppedGs <= BEHIND_GS) {
          seen.steppedGs = steppedGs;
          seen.movedMs = nowMs;
        } else if (nowMs - seen.movedMs > PATIENCE_MS) {
          return `${world}: the weather stands ${(seen.hourGs - steppedGs) / HOUR_GS} h behind its clock`;
        }
      }
      return undefined;
    },
  });
  return (world, hourGs) => {
    if (!worlds.ids().includes(world)) return;
    const seen = heard.get(world);
    if (seen !== undefined) seen.hourGs = Math.max(seen.hourGs, hourGs);
    else
      heard.set(world, { hourGs, steppedGs: worlds.state(world).root.steppedGs, movedMs: kit.clock.now() });
  };
}

/**
 * Each hour one region is forecast, in turn, and held against what came: the running Brier score of the probability
 * of a wet hour 12 h ahead, 0 perfect, .25 a coin. Orders of weather count against it, as nobody foresaw them.
 */
function scoring(kit: Kit): (world: string, sampled: WeatherSampled) => void {
  const brier = kit.metrics.gauge("orrery_weather_brier_12h", "Running Brier score of wet hours 12 h ahead", [
    "world",
  ]);
  const running = new Map<string, number>();
  const claims = new Map<string, number>();
  return (world, { samples }) => {
    for (const { regionId, atGs, condition } of samples) {
      const slot = `${world} ${regionId} ${atGs}`;
      const claimed = claims.get(slot);
      if (claimed === undefined) continue;
      claims.delete(slot);
      const now = (claimed - (isWet(condition) ? 1 : 0)) ** 2;
      const before = running.get(world) ?? now;
      running.set(world, before + (now - before) * NEWEST);
      brier(running.get(world) ?? now, { world });
    }
    const state = kit.part(weather).state(world).root;
    const model = modelFor(state);
    const site = model.sites[Math.floor(state.steppedGs / HOUR_GS) % model.sites.length];
    const last = site && kit.part(forecasts).of(world, presentOf(state, model), model, site, AHEAD_H).at(-1);
    if (site === undefined || last === undefined) return;
    claims.set(`${world} ${site.id} ${last.atGs}`, last.wetProbability);
    for (const slot of claims.keys()) {
      if (claims.size <= AHEAD_H * 64) break;
      claims.delete(slot);
    }
  };
}
