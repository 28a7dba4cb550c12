// The world's event mix: what one game hour of the valley sends, drawn with a fixed seed.
import { GroundConditionsChanged, WeatherChanged } from "@orrery/schema/weather/v1";
import { ClockAdjusted, HourChanged, TimerFired, TimerRequested, TimeUpdated } from "@orrery/schema/time/v1";
import type { Codec } from "@orrery/wire";

export interface MixEvent {
  readonly codec: Codec;
  // biome-ignore lint/suspicious/noExplicitAny: one of several messages
  readonly init: any;
  /** What a handler of this type reads to route it: the key and the game time. Takes a message, a view or parsed JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: one of several messages
  readonly route: (event: any) => number;
}

/** A small seeded generator (mulberry32), so that every run measures the same events. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const REGIONS = [
  "high-pass",
  "north-ridge",
  "south-ridge",
  "upper-vale",
  "lower-vale",
  "mill",
  "market",
  "harbour",
  "old-wood",
  "fen",
  "quarry",
  "orchard",
  "ford",
  "abbey",
  "tarn",
  "gate",
].map((name) => `region:${name}`);

/** Per condition, from the pack: visibility in m, then move, traction, noise, scent, fire, exposure, outdoor. */
const EFFECTS: readonly (readonly number[])[] = [
  [20_000, 1, 1, 0, 1, 1, 0, 1],
  [18_000, 1, 1, 0, 1, 0.98, 0, 1],
  [12_000, 1, 1, 0, 0.97, 0.9, 0.03, 0.95],
  [1500, 0.95, 0.95, 0.05, 0.9, 0.7, 0.1, 0.85],
  [150, 0.8, 0.9, 0.2, 0.9, 0.5, 0.15, 0.6],
  [6000, 0.95, 0.9, 0.12, 0.75, 0.45, 0.2, 0.75],
  [3000, 0.9, 0.8, 0.3, 0.5, 0.2, 0.4, 0.5],
  [1000, 0.75, 0.65, 0.55, 0.25, 0.05, 0.6, 0.25],
  [600, 0.6, 0.6, 0.8, 0.15, 0.05, 0.85, 0.1],
];

/** To so many digits: coarser than the simulation is, which favours JSON. */
function rounded(value: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}

// biome-ignore-start lint/suspicious/noExplicitAny: messages, views and parsed JSON alike
const routeWeather = (event: any): number => event.regionId.length + event.atGs;
const routeGround = (event: any): number => event.regionId.length + event.atGs;
const routeMinute = (event: any): number => event.atGs;
const routeHour = (event: any): number => event.atGs;
const routeAdjusted = (event: any): number => event.atGs;
const routeRequested = (event: any): number => event.timerId.length + event.atGs;
const routeFired = (event: any): number => event.owner.length + event.atGs;
// biome-ignore-end lint/suspicious/noExplicitAny: messages, views and parsed JSON alike

/** Shares per 100 events: 40 weather, 15 ground, 30 minutes, 5 hours, 1 adjustment, 9 timers. */
export function createMix(count: number, seed = 20_240_601): MixEvent[] {
  const random = createRandom(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const whole = (max: number) => Math.floor(random() * max);
  const now = (atGs: number) => ({
    atGs,
    year: 3,
    month: 1 + (Math.floor(atGs / 2_592_000) % 12),
    day: 1 + (Math.floor(atGs / 86_400) % 30),
    weekday: 1 + (Math.floor(atGs / 86_400) % 7),
    dayOfYear: 1 + (Math.floor(atGs / 86_400) % 360),
    hour: Math.floor(atGs / 3600) % 24,
    minute: Math.floor(atGs / 60) % 60,
    phase: 1 + whole(8),
    face: 1 + whole(2),
    season: 2,
    moonPhase: 4,
    cause: 1,
  });
  const makers: readonly [number, (atGs: number) => MixEvent][] = [
    [40, weather],
    [15, ground],
    [30, minute],
    [5, hour],
    [1, adjusted],
    [5, timerRequested],
    [4, timerFired],
  ];

  function weather(atGs: number): MixEvent {
    const condition = 1 + whole(EFFECTS.length);
    const [clearM = 0, move, traction, noiseMask, scent, fire, exposure, outdoor] = EFFECTS[condition - 1]!;
    const visibilityM = rounded(clearM * (1.4 - 0.8 * random()), 0);
    const temperatureC = rounded(random() * 25 - 5, 2);
    const wet = condition > 5;
    const init = {
      atGs,
      regionId: pick(REGIONS),
      from: random() < 0.6 ? condition : 1 + whole(EFFECTS.length),
      condition,
      intensity: rounded(random(), 3),
      overlays: random() < 0.3 ? [1] : [],
      temperatureC,
      feelsLikeC:
        temperatureC > 14 && temperatureC < 24 ? temperatureC : rounded(temperatureC - random() * 4, 2),
      humidity: rounded(0.4 + random() * 0.6, 3),
      cloud: rounded(random(), 3),
      precipMmH: wet ? rounded(random() * 8, 2) : 0,
      precipKind: wet ? 2 : 1,
      windKmh: rounded(random() * 50, 1),
      windDirDeg: rounded(random() * 360, 1),
      visibilityM,
      thunder: condition === 9 ? rounded(random(), 3) : 0,
      sinceGs: atGs - 3600 * whole(8),
      revision: 1 + whole(4000),
      effects: { visibilityM, move, traction, noiseMask, scent, fire, exposure, outdoor },
      transitionS: 600,
      source: 1,
      systemId: `front-${whole(12)}`,
    };
    return { codec: WeatherChanged, init, route: routeWeather };
  }
  function ground(atGs: number): MixEvent {
    const init = {
      atGs,
      regionId: pick(REGIONS),
      wetness: rounded(random(), 3),
      sweMm: rounded(random() * 60, 2),
      snowMm: rounded(random() * 300, 1),
      ice: rounded(random(), 3),
      riverMm: rounded(random() * 40, 2),
      riverLevel: rounded(random() * 2, 3),
      drought: rounded(random(), 3),
      traction: rounded(random(), 2),
      flood: 1,
      revision: 1 + whole(2000),
    };
    return { codec: GroundConditionsChanged, init, route: routeGround };
  }
  function minute(atGs: number): MixEvent {
    const init = {
      now: now(atGs),
      atGs,
      spanS: 60,
      phaseProgress: rounded(random(), 4),
      nextPhaseGs: atGs + 60 * whole(120),
      nextFaceGs: atGs + 60 * whole(500),
    };
    return { codec: TimeUpdated, init, route: routeMinute };
  }
  function hour(atGs: number): MixEvent {
    return { codec: HourChanged, init: { now: now(atGs), atGs, prevHour: whole(24) }, route: routeHour };
  }
  function adjusted(atGs: number): MixEvent {
    const init = {
      now: now(atGs),
      atGs,
      revision: whole(100),
      anchorMs: 1_717_200_000_000 + whole(1e9),
      anchorGs: atGs,
      carryS: 0,
      prevGs: atGs,
      rate: 60,
      paused: false,
      holds: [],
      reason: 2,
      by: "operator",
      droppedS: 0,
    };
    return { codec: ClockAdjusted, init, route: routeAdjusted };
  }
  function timerRequested(atGs: number): MixEvent {
    const init = {
      atGs,
      timerId: `quest:${whole(5000)}/deadline`,
      revision: 1,
      dueGs: atGs + 60 * whole(2000),
      misfire: 2,
      payload: new Uint8Array([8, whole(128), 16, whole(128)]),
    };
    return { codec: TimerRequested, init, route: routeRequested };
  }
  function timerFired(atGs: number): MixEvent {
    const init = {
      now: now(atGs),
      atGs,
      owner: "quest-system",
      timerId: `quest:${whole(5000)}/deadline`,
      revision: 1,
      dueGs: atGs,
      fireCount: 1 + whole(20),
      missed: 0,
      final: random() < 0.5,
      payload: new Uint8Array([8, whole(128), 16, whole(128)]),
    };
    return { codec: TimerFired, init, route: routeFired };
  }

  const total = makers.reduce((sum, [share]) => sum + share, 0);
  return Array.from({ length: count }, (_, index) => {
    const atGs = 64_800_000 + 60 * Math.floor(index / 3);
    let draw = random() * total;
    for (const [share, make] of makers) {
      draw -= share;
      if (draw < 0) return make(atGs);
    }
    return weather(atGs);
  });
}

/** An event as plain JSON carries it: bytes as base64, the rest as it is. */
export function jsonForm(event: MixEvent): object {
  const { payload } = event.init as { payload?: Uint8Array };
  return payload === undefined
    ? event.init
    : { ...event.init, payload: Buffer.from(payload).toString("base64") };
}
