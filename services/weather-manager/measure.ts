// What programs that measure the weather need; services know nothing of each other's insides.
export { calibrate, type Calibration } from "./calibration.ts";
export { type ClimateTally } from "./climate.ts";
export { climatologyOf } from "./climatology.ts";
export { forecast } from "./forecast.ts";
export { createAudit } from "./invariants.ts";
export { type Model, modelOf } from "./model.ts";
export { presentOf } from "./present.ts";
export { simulate } from "./simulate.ts";
export { createWeather, modelFor } from "./state.ts";
export { stepHour } from "./step.ts";
export { weather } from "./weather.ts";
