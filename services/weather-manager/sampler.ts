import type { WeatherState } from "@orrery/schema/weather/v1";
import type { Part } from "@orrery/service";
import { DAY_GS } from "./hour.ts";
import { dropSamples, keepSamples, type SampleRow } from "./store.ts";
import { weather } from "./weather.ts";

const KEPT_GS = 720 * DAY_GS;
const GATHER_MS = 250;

/** Notes every hour of every region as it passes; the aggregate itself remembers only the present. */
export const sampler: Part<void> = {
  name: "sampler",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const worlds = kit.part(weather);
    const stopping = new AbortController();
    const lastGs = new Map<string, number>();
    let waiting: SampleRow[] = [];
    let failure: string | undefined;

    const stopWatching = worlds.onChange((world) => {
      const state = worlds.state(world);
      if (lastGs.get(world) === state.steppedGs) return;
      lastGs.set(world, state.steppedGs);
      waiting.push(...rowsOf(world, state));
    });

    async function flush(): Promise<void> {
      const rows = waiting;
      waiting = [];
      try {
        await keepSamples(kit.store, rows);
        failure = undefined;
        for (const [world, atGs] of lastGs)
          if (atGs % DAY_GS === 0) await dropSamples(kit.store, world, atGs - KEPT_GS);
      } catch (error) {
        failure = error instanceof Error ? error.message : String(error);
        waiting = [...rows, ...waiting];
      }
    }
    const run = (async () => {
      while (!stopping.signal.aborted) {
        await kit.clock.sleep(GATHER_MS, stopping.signal);
        if (waiting.length > 0) await flush();
      }
    })();
    kit.health.add({
      name: "samples",
      kind: "dependency",
      ask: () => (failure === undefined ? undefined : `hourly samples wait: ${failure}`),
    });

    return {
      handle: undefined,
      async stop() {
        stopping.abort();
        stopWatching();
        await run;
        if (waiting.length > 0) await flush();
      },
    };
  },
};

function rowsOf(world: string, state: WeatherState): SampleRow[] {
  return state.regions.flatMap(({ regionId, shown, ground }) =>
    shown === undefined || ground === undefined
      ? []
      : [
          {
            world,
            region: regionId,
            at_gs: state.steppedGs,
            season: state.season,
            condition: shown.condition,
            temperature_c: shown.temperatureC,
            precip_mm_h: shown.precipMmH,
            wind_kmh: shown.windKmh,
            humidity: shown.humidity,
            cloud: shown.cloud,
            snow_mm: ground.snowMm,
            wetness: ground.wetness,
            river_level: ground.riverLevel,
          },
        ],
  );
}
