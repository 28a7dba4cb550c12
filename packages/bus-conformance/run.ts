import type { Features } from "@orrery/bus";
import { FAULTS } from "./faults/mod.ts";
import { INVARIANTS, type Invariant } from "./invariants/mod.ts";
import { type Timeline, timelineOf } from "./oracle/timeline.ts";
import type { MakeTransport } from "./broker.ts";
import { paced } from "./pace.ts";
import { createScene } from "./scene.ts";
import { answerOf, type Result, type Verdict } from "./verdict.ts";

export interface Budget {
  /** Share of the PR tier's load (conformance.md); 1 is about 150,000 events. Default 1. */
  readonly scale?: number;
  /** Printed with the verdict: the same seed runs the same. Default 1. */
  readonly seed?: number;
  /** Only these, by id. */
  readonly only?: readonly string[];
  /** Longest time for one invariant, real ms. Default 120,000. */
  readonly limitMs?: number;
  /** Cases at a time, each with a broker of its own: most of them wait most of the time. Default 1. */
  readonly parallel?: number;
}

const DEFAULT_LIMIT_MS = 120_000;

/**
 * Runs the invariants against a transport. What a transport does not claim in `features` is not run, and says so.
 * Test-runner neutral: prints nothing, throws nothing that a transport did wrong.
 */
export async function runConformance(make: MakeTransport, budget: Budget = {}): Promise<Verdict> {
  const { scale = 1, seed = 1, only } = budget;
  const features = await featuresOf(make, seed);
  const cases = [...INVARIANTS, ...FAULTS].filter(({ id }) => only === undefined || only.includes(id));
  const results = new Map<string, Result>();
  const run = async (one: Invariant) =>
    void results.set(
      one.id,
      await runOne(make, one, features, seed, scale, paced(budget.limitMs ?? DEFAULT_LIMIT_MS)),
    );
  // What counts what this process holds must be by itself.
  for (const one of cases) if (one.alone === true) await run(one);
  const waiting = cases.filter(({ alone }) => alone !== true);
  const worker = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) await run(one);
  };
  await Promise.all(Array.from({ length: budget.parallel ?? 1 }, worker));
  const inOrder = cases.map(({ id }) => results.get(id) as Result);
  return { transport: features.name, features, seed, scale, answer: answerOf(inOrder), results: inOrder };
}

async function runOne(
  make: MakeTransport,
  invariant: Invariant,
  features: Features,
  seed: number,
  scale: number,
  limitMs: number,
): Promise<Result> {
  const { id, title } = invariant;
  const beganMs = performance.now();
  const result = (answer: Result["answer"], why = "", figures: Record<string, number> = {}): Result => ({
    id,
    title,
    answer,
    why,
    figures,
    tookMs: Math.round(performance.now() - beganMs),
    timeline: timeline?.(),
  });
  let timeline: (() => Timeline) | undefined;
  const missing = invariant.needs?.(features);
  if (missing !== undefined) return result("not-run", missing);
  const { scene, end } = await createScene(make, seed, scale);
  const lacking = invariant.lacks?.(scene.broker);
  if (lacking !== undefined) {
    await end();
    return result("not-run", lacking);
  }
  timeline = () => timelineOf(scene.ledger);
  let timer: NodeJS.Timeout | undefined;
  try {
    const tooLong = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not done after ${limitMs} ms`)), limitMs);
    });
    return result("pass", "", await Promise.race([invariant.run(scene), tooLong]));
  } catch (error) {
    return result("fail", error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  } finally {
    clearTimeout(timer);
    await end().catch(() => undefined);
  }
}

async function featuresOf(make: MakeTransport, seed: number): Promise<Features> {
  const broker = await make(seed);
  const transport = await broker.connect();
  await transport.close();
  await broker.destroy();
  return transport.features;
}
