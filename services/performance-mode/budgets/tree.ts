import { create } from "@bufbuild/protobuf";
import {
  type BudgetTree,
  type BudgetTreeInit,
  BudgetTreeSchema,
  Lane,
  type LaneBudget,
  type Mode,
} from "@orrery/schema/performance/v1";
import { OrreryError } from "@orrery/wire";
import { performanceErrors } from "../errors.ts";
import { MODES, modeWord } from "../matrix/matrix.ts";
import { wordOf } from "../words.ts";

export const LANES = [Lane.GAME, Lane.RENDER, Lane.GPU, Lane.AUDIO] as const;
/** Sums may differ by so much, ms. */
const TOLERANCE_MS = 0.001;
const SHARE_OF_FRAME = 0.9;
const CHILDREN_MOST = 32;
const NAME = /^[a-z][a-z0-9_]{0,31}$/;

export const laneWord = (lane: Lane): string => wordOf(Lane, lane);

function wrong(given: string): never {
  throw new OrreryError(performanceErrors.PERF_BUDGET_SUM, { given });
}
const ms = (value: number): string => `${Number(value.toFixed(4))} ms`;

/**
 * Holds a tree against what a tree is: every lane once, children that sum to it, and each lane within 90 % of the frame.
 * @throws PERF_BUDGET_SUM with the node and the difference
 */
export function checkTree(tree: BudgetTree): BudgetTree {
  const { mode, referenceFps, lanes } = tree;
  const name = modeWord(mode);
  if (!MODES.some((one) => one === mode)) wrong(`no such mode: ${mode}`);
  if (!(referenceFps >= 30 && referenceFps <= 500)) wrong(`${name}: reference_fps ${referenceFps}, 30..500`);
  for (const lane of LANES) {
    const own = lanes.filter((one) => one.lane === lane);
    if (own.length !== 1) wrong(`${name}: ${laneWord(lane)} is there ${own.length} times`);
  }
  if (lanes.length !== LANES.length) wrong(`${name}: ${lanes.length} lanes, ${LANES.length} there are`);
  for (const lane of lanes)
    checkLane(lane, `${name} ${laneWord(lane.lane)}`, (SHARE_OF_FRAME * 1_000) / referenceFps);
  return tree;
}

function checkLane({ ms: own, children }: LaneBudget, name: string, mostMs: number): void {
  if (!(own > 0)) wrong(`${name}: ${own} ms`);
  if (own > mostMs + TOLERANCE_MS)
    wrong(`${name}: ${ms(own)}, ${ms(own - mostMs)} more than 90 % of the frame`);
  if (children.length > CHILDREN_MOST)
    wrong(`${name}: ${children.length} children, at most ${CHILDREN_MOST}`);
  const bad = children.find((child) => !NAME.test(child.name) || !(child.ms >= 0));
  if (bad !== undefined) wrong(`${name}/${bad.name}: a name of small letters, and ms from 0`);
  if (new Set(children.map((child) => child.name)).size < children.length)
    wrong(`${name}: a child is there twice`);
  const difference = children.reduce((sum, child) => sum + child.ms, 0) - own;
  if (children.length > 0 && Math.abs(difference) > TOLERANCE_MS)
    wrong(
      `${name}: its children sum to ${ms(own + difference)} of ${ms(own)}, a difference of ${ms(difference)}`,
    );
}

/** The same at another target. */
export function scaled(tree: BudgetTree, targetFps: number): BudgetTree {
  const by = tree.referenceFps / targetFps;
  return create(BudgetTreeSchema, {
    ...tree,
    referenceFps: targetFps,
    lanes: tree.lanes.map((lane) => ({
      ...lane,
      ms: lane.ms * by,
      children: lane.children.map((child) => ({ ...child, ms: child.ms * by })),
    })),
  });
}

/** What a lane may take at a target, ms. */
export function laneMs({ lanes, referenceFps }: BudgetTree, lane: Lane, targetFps: number): number {
  const own = lanes.find((one) => one.lane === lane);
  return own === undefined ? Number.POSITIVE_INFINITY : (own.ms * referenceFps) / targetFps;
}

const isRecord = (of: unknown): of is Readonly<Record<string, unknown>> =>
  typeof of === "object" && of !== null && !Array.isArray(of);

/** Reads the trees of a file, one a mode. @throws PERF_BUDGET_SUM */
export function treesFrom(data: unknown, file: string): ReadonlyMap<Mode, BudgetTree> {
  if (!isRecord(data)) wrong(`${file} holds no trees`);
  return new Map(
    MODES.map((mode) => {
      const own = data[modeWord(mode)];
      if (!isRecord(own) || !isRecord(own["lanes"])) wrong(`${file}: no ${modeWord(mode)}`);
      const lanes = Object.entries(own["lanes"]).map(([word, given]) =>
        laneFrom(word, given, `${file}: ${modeWord(mode)}`),
      );
      const init: BudgetTreeInit = {
        mode,
        referenceFps: Number(own["reference_fps"]),
        strict: own["strict"] === true,
        lanes,
        revision: 0,
      };
      return [mode, checkTree(create(BudgetTreeSchema, init))] as const;
    }),
  );
}

function laneFrom(word: string, given: unknown, where: string) {
  const lane = LANES.find((one) => laneWord(one) === word);
  if (lane === undefined || !isRecord(given)) wrong(`${where}: no lane ${word}`);
  const children = Object.entries(isRecord(given["children"]) ? given["children"] : {});
  return {
    lane,
    ms: Number(given["ms"]),
    children: children.map(([name, of]) => ({ name, ms: Number(of) })),
  };
}
