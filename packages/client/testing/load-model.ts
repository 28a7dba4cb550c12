import { quantileOf } from "@orrery/frame-times";
import {
  GlobalIllumination,
  type PerformanceConfigInit,
  type WindowInit,
} from "@orrery/schema/performance/v1";
import { createFastLoop } from "../performance/fast-loop.ts";
import { createFrameRecorder, type LaneName } from "../performance/frame-recorder.ts";

/** What a config costs a machine, ms a frame, before its load. */
export interface LoadModel {
  cost(config: Config, internalScale: number): Readonly<Record<LaneName, number>>;
}

export type Config = Required<Omit<PerformanceConfigInit, "$typeName">>;

/** A machine on which every knob does something, as on a graphics card with a bound CPU beside it. */
export const workstation: LoadModel = {
  cost(config, scale) {
    const pixels = scale ** 2;
    const dynamic = config.gi === GlobalIllumination.DYNAMIC ? 1.6 : 0;
    const screen = config.gi === GlobalIllumination.OFF ? 0 : 0.6;
    const lighting = (dynamic + screen + 0.5 * config.giQuality) * (0.4 + 0.6 * pixels);
    const shadows = 0.4 * config.shadowQuality + 0.15 * config.shadowLights + config.shadowMapPx / 4_096;
    const post = (0.3 + 0.35 * config.postQuality) * pixels;
    const fog = 1.6 * config.fogDensity * pixels;
    const gpu = 0.8 + 4 * pixels + lighting + shadows + post + fog;
    const drawn = (1 - 0.6 * config.culling) * (0.5 + config.detailDensity);
    const render = 0.8 + 3.2 * drawn + 1.2 / config.geometryPxPerEdge + 0.5 / (1 + config.lodBias);
    const game = 1.8 + 0.025 * config.npcFullCap + 1.2 * config.detailDensity + 0.02 * config.clientEventHz;
    return { gpu, render, game, audio: 0.1 + 0.002 * config.audioVoices };
  },
};

/** A machine that something else keeps busy: no config makes a difference. */
export const stubborn: LoadModel = {
  cost: () => ({ gpu: 6, render: 3, game: 3, audio: 0.2 }),
};

/** A client without an engine: draws frames by a load model, and runs its fast loop. */
export interface FakeClient {
  /** Draws 5 s of frames. */
  play(): WindowInit;
  config(next: Config): void;
  /** Each lane's load from now on, as a factor of what its model says. */
  load(factors: Partial<Record<LaneName, number>>): void;
  readonly scale: number;
}

const WINDOW_MS = 5_000;
const FAST_MS = 250;

export function createFakeClient(given: {
  readonly config: Config;
  readonly model: LoadModel;
  readonly load?: Partial<Record<LaneName, number>>;
  readonly gpuBudgetMs: (targetFps: number) => number;
  /** 0..1, another each time: names one run. */
  readonly random: () => number;
  /** Share of a frame by which costs differ from frame to frame. */
  readonly noise?: number;
  /** The display waits for its next turn, Hz; absent: frames are held back to the target alone. */
  readonly vsyncHz?: number;
  readonly fastLoop?: boolean;
}): FakeClient {
  const { model, random, noise = 0.04, vsyncHz, gpuBudgetMs } = given;
  let { config } = given;
  let load = { ...given.load };
  const boundsOf = (of: Config) => ({
    min: of.internalScaleMin,
    max: of.internalScale,
    gpuBudgetMs: gpuBudgetMs(of.targetFps),
  });
  const fast = given.fastLoop === false ? undefined : createFastLoop(boundsOf(config));
  const recorder = createFrameRecorder();
  const scaleNow = () => fast?.scale ?? config.internalScale;

  /** From the frame before to this one: what takes longest, or the display, or the limit. */
  function interval(busiest: number): number {
    const held = Math.max(busiest, 1_000 / config.targetFps);
    if (vsyncHz === undefined) return held;
    const turn = 1_000 / vsyncHz;
    return Math.ceil(held / turn - 1e-6) * turn;
  }

  return {
    play() {
      let sinceFast = 0;
      let gpu: number[] = [];
      for (let at = 0; at < WINDOW_MS; ) {
        const jitter = 1 + noise * (random() + random() + random() - 1.5);
        const costs = model.cost(config, scaleNow());
        const busy = Object.fromEntries(
          (Object.keys(costs) as LaneName[]).map((lane) => [lane, costs[lane] * (load[lane] ?? 1) * jitter]),
        ) as Record<LaneName, number>;
        const intervalMs = interval(Math.max(...Object.values(busy)));
        recorder.frame({ intervalMs, lanes: busy });
        gpu.push(busy.gpu);
        at += intervalMs;
        sinceFast += intervalMs;
        if (sinceFast < FAST_MS) continue;
        fast?.step(quantileOf(gpu, 0.9));
        gpu = [];
        sinceFast = 0;
      }
      return recorder.window({ internalScale: scaleNow() }) as WindowInit;
    },
    config(next) {
      config = next;
      fast?.bounds(boundsOf(next));
    },
    load(factors) {
      load = { ...load, ...factors };
    },
    get scale() {
      return scaleNow();
    },
  };
}
