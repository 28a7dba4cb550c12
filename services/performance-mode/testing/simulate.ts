import { create } from "@bufbuild/protobuf";
import {
  createFakeClient,
  type Config,
  type FakeClient,
  type LoadModel,
} from "@orrery/client/testing/load-model.ts";
import {
  type DecisionKind,
  Lane,
  Mode,
  Preset,
  type WindowInit,
  WindowSchema,
} from "@orrery/schema/performance/v1";
import { laneMs } from "../budgets/tree.ts";
import { newSlow } from "../control/slow.ts";
import type { Shipped } from "../data/part.ts";
import { configOf } from "../resolve/messages.ts";
import { resolve } from "../resolve/resolve.ts";
import { NO_AUTO, NO_STRAIN, type Situation } from "../resolve/situation.ts";
import { newPulse } from "../session/pulse.ts";
import { takeWindows } from "../session/pulse.ts";

/** One move of the controller, in virtual time. */
export interface Moved {
  readonly atS: number;
  readonly kind: DecisionKind;
  readonly knob: string;
  readonly why: string;
  readonly changed: boolean;
}

/** A number from 0 to 1, another each time, the same for a seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const situationFor = (shipped: Shipped, more: Partial<Situation> = {}): Situation => ({
  matrix: shipped.matrix,
  mode: Mode.IMMERSIVE,
  preset: undefined,
  isAuto: true,
  targetFps: undefined,
  benchmark: Preset.MEDIUM,
  overrides: new Map(),
  auto: NO_AUTO,
  strain: NO_STRAIN,
  batteryFps: 60,
  policy: new Map(),
  locks: new Map(),
  ...more,
});

/** A client and the slow loop, for as long as is asked, without a service between them. */
export function simulate(
  shipped: Shipped,
  given: {
    readonly situation?: Partial<Situation>;
    readonly model: LoadModel;
    readonly load?: Parameters<FakeClient["load"]>[0];
    readonly seed?: number;
    readonly noise?: number;
    readonly vsyncHz?: number;
    readonly fastLoop?: boolean;
    readonly learned?: (knob: string) => number | undefined;
  },
) {
  let situation = situationFor(shipped, given.situation);
  const tree = shipped.trees.get(situation.mode);
  if (tree === undefined) throw new Error("no tree");
  const configNow = () => configOf(resolve(situation)) as Config;
  const client = createFakeClient({
    ...given,
    config: configNow(),
    gpuBudgetMs: (fps) => laneMs(tree, Lane.GPU, fps),
    random: seeded(given.seed ?? 1),
  });
  const pulse = newPulse(NO_STRAIN);
  const moves: Moved[] = [];
  const windows: WindowInit[] = [];
  let atS = 0;
  const play = (seconds: number, each?: (atS: number) => void) => {
    for (const endS = atS + seconds; atS < endS; ) {
      each?.(atS);
      const window = client.play();
      atS += 5;
      windows.push(window);
      const targetFps = resolve(situation).values.targetFps;
      const against = {
        nowMs: atS * 1_000,
        hostMs: atS * 1_000,
        tree,
        targetFps,
        situation: () => situation,
      };
      const learned = given.learned ?? (() => undefined);
      const { outcomes } = takeWindows(pulse, windows.length, [create(WindowSchema, window)], {
        ...against,
        learned,
      });
      for (const { move } of outcomes) {
        if (move === undefined) continue;
        moves.push({
          atS,
          kind: move.kind,
          knob: move.knob,
          why: move.why,
          changed: move.auto !== undefined,
        });
        if (move.auto === undefined) continue;
        situation = { ...situation, auto: move.auto };
        client.config(configNow());
      }
    }
  };
  return {
    client,
    pulse,
    moves,
    windows,
    play,
    get situation() {
      return situation;
    },
    get changes() {
      return moves.filter(({ changed }) => changed);
    },
    reset: () => void (pulse.slow = newSlow()),
  };
}
