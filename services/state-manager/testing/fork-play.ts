import { describe, expect, it } from "vitest";
import { expected, randomWorlds, told, type Worlds } from "./fork-model.ts";
import { startState, type TestState } from "./state.ts";

const STEPS = 240;
const LOOK_EVERY = 20;
const RESTART_EVERY = 70;

async function look(state: TestState, worlds: Worlds, log: readonly string[]): Promise<void> {
  for (const [world, model] of worlds.models) {
    const { up, down, ...rest } = await told(state, world, model);
    const { scores, ...wanted } = expected(model);
    const about = `${log.join("\n")}\n${world}`;
    expect(rest, about).toEqual(wanted);
    const byScore = (found: readonly string[]) => found.map((each) => each.slice(0, each.indexOf("}")));
    expect([up.toSorted(), down.toSorted()], about).toEqual([scores, scores]);
    expect([byScore(up), byScore(down)], about).toEqual([byScore(scores), byScore(scores).toReversed()]);
  }
}

/** Forks against copies of everything, in random play. @param seeds one run each */
export function forkPlay(name: string, url: () => Promise<string>, seeds: readonly number[]): void {
  describe(`forks on ${name} are what copies would be`, () => {
    it.each(seeds)(
      "whatever is written, deleted, ended, saved, forked and begun anew (seed %i)",
      async (seed) => {
        const address = await url();
        let state = await startState(address);
        const worlds = randomWorlds(state, "w", seed);
        const log: string[] = [];
        for (let step = 1; step <= STEPS; step++) {
          log.push(await worlds.step());
          if (step % LOOK_EVERY === 0) await look(state, worlds, log);
          if (step % RESTART_EVERY !== 0) continue;
          await state.stop();
          state = await startState(address);
          worlds.goOn(state);
          log.push("restart");
        }
        await look(state, worlds, log);
        await state.stop();
      },
    );
  });
}
