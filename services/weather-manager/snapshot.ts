import { Condition, GroundConditionsChanged, WeatherChanged, WeatherSevere } from "@orrery/schema/weather/v1";
import { type Said, say, serveSnapshot } from "@orrery/service";
import { retellAlert } from "./alerts.ts";
import { modelFor } from "./state.ts";
import { groundNow, retellSky } from "./tell.ts";
import { weather } from "./weather.ts";

/** A client that comes now learns the sky, the ground and the open alerts of the regions it looks at. */
export const snapshot = serveSnapshot(async ({ worldId, regionIds }, call) => {
  const worlds = call.part(weather);
  await worlds.settled(worldId);
  const state = worlds.state(worldId).root;
  const model = modelFor(state);
  const all = regionIds.includes("*");
  const events: Said[] = [];
  for (const region of state.regions) {
    if (!all && !regionIds.includes(region.regionId)) continue;
    events.push(say(WeatherChanged, retellSky(region, model)));
    events.push(say(GroundConditionsChanged, groundNow(region, region.groundToldGs)));
    for (const alert of region.alerts)
      events.push(say(WeatherSevere, retellAlert(alert, region.shown?.condition ?? Condition.UNSPECIFIED)));
  }
  return { events, asOf: worlds.marks(worldId) };
});
