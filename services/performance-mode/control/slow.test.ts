import { stubborn, workstation } from "@orrery/client/testing/load-model.ts";
import { DecisionKind, Mode, Preset } from "@orrery/schema/performance/v1";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Key } from "../matrix/fields.ts";
import { resolve } from "../resolve/resolve.ts";
import { SHIPPED } from "../testing/shipped.ts";
import { seeded, simulate } from "../testing/simulate.ts";
import { waitsFor } from "./slow.ts";

/** GPU load at which the workstation's medium preset takes just its budget. */
const EVEN = 1.38;
const T = 1_000 / 90;
const p95s = (windows: readonly { p95Ms?: number | undefined }[]) => windows.map(({ p95Ms }) => p95Ms ?? 0);

describe("the slow loop", () => {
  it("at 1.4 x the budget settles within 3 min to 10 % of the target, and stays for 30 min", () => {
    for (const fastLoop of [true, false]) {
      const run = simulate(SHIPPED, { model: workstation, load: { gpu: 1.4 * EVEN }, fastLoop });
      run.play(180);
      const changes = run.changes.length;
      run.play(1_800);
      for (const p95 of p95s(run.windows.slice(36))) expect(Math.abs(p95 / T - 1)).toBeLessThan(0.1);
      expect(run.changes.length).toBe(changes);
    }
  });

  it("turns knobs until a heavier load fits, by what its lane is bound", () => {
    const run = simulate(SHIPPED, { model: workstation, load: { gpu: 2 * EVEN } });
    run.play(400);
    expect(p95s(run.windows).at(-1)! / T).toBeLessThan(1.1);
    expect(run.changes.every(({ knob }) => knob.startsWith("gpu."))).toBe(true);
    const cpu = simulate(SHIPPED, { model: workstation, load: { render: 4, gpu: 0.5 } });
    cpu.play(400);
    expect(cpu.changes[0]?.knob).toBe("render.geometry");
  });

  it("where no knob helps tries each at most once, undoes all of it, and then says so and stays", () => {
    const run = simulate(SHIPPED, { model: stubborn, load: { gpu: 14 / 6 } });
    run.play(3_600);
    const tried = run.moves.filter(({ kind }) => kind === DecisionKind.DOWN).map(({ knob }) => knob);
    expect(new Set(tried).size).toBe(tried.length);
    expect(run.moves.filter(({ kind }) => kind === DecisionKind.UNDO).map(({ knob }) => knob)).toEqual(tried);
    expect(run.moves.at(-1)).toMatchObject({ kind: DecisionKind.GIVE_UP, changed: false });
    expect(run.moves.at(-1)!.atS).toBeLessThan(300);
    expect(run.situation.auto.caps.size).toBe(0);
    expect(waitsFor(run.pulse.slow, 3_600_000)).toMatch(/no knob helps/);
  });

  it("goes up by how busy the lanes are, though under vertical sync the interval never falls", () => {
    const run = simulate(SHIPPED, { model: workstation, load: { gpu: 0.5 }, vsyncHz: 90 });
    run.play(1_200);
    expect(run.changes.map(({ kind, knob }) => [kind, knob])).toEqual([
      [DecisionKind.UP, "preset"],
      [DecisionKind.UP, "preset"],
    ]);
    expect(resolve(run.situation).preset).toBe(Preset.ULTRA);
    expect(Math.min(...p95s(run.windows))).toBeGreaterThan(11);
  });

  it("leaves a display that is slower than the target alone", () => {
    const run = simulate(SHIPPED, { model: workstation, load: { gpu: 0.9 }, vsyncHz: 60 });
    run.play(900);
    expect(run.changes.filter(({ kind }) => kind === DecisionKind.DOWN)).toEqual([]);
  });

  it("an up that does not hold is undone, and the next waits twice as long", () => {
    const run = simulate(SHIPPED, { model: workstation, load: { gpu: 0.75 * EVEN }, fastLoop: false });
    run.play(200);
    const ups = run.changes.filter(({ kind }) => kind === DecisionKind.UP);
    expect(ups.map(({ knob }) => knob)).toEqual(["preset"]);
    run.client.load({ gpu: 1.6 * EVEN });
    run.play(200);
    expect(run.moves.some(({ kind, why }) => kind === DecisionKind.UNDO && /within 300 s/.test(why))).toBe(
      true,
    );
    expect(run.pulse.slow.dwellS).toBe(120);
  });

  it("under any constant load changes at most 8 times, 20 s apart, and then stays", () => {
    const load = fc.double({ min: 0.2, max: 5, noNaN: true });
    const given = fc.record({
      load: fc.record({ gpu: load, render: load, game: load }),
      seed: fc.nat(),
      mode: fc.constantFrom(Mode.IMMERSIVE, Mode.COMPETITIVE),
      benchmark: fc.constantFrom(Preset.LOW, Preset.MEDIUM, Preset.HIGH, Preset.ULTRA),
      fastLoop: fc.boolean(),
    });
    fc.assert(
      fc.property(given, ({ load: own, seed, mode, benchmark, fastLoop }) => {
        const targetFps = mode === Mode.COMPETITIVE ? 144 : 90;
        const run = simulate(SHIPPED, {
          model: workstation,
          load: own,
          seed,
          fastLoop,
          situation: { mode, benchmark, targetFps },
        });
        run.play(2_400);
        const changes = run.changes.length;
        run.play(1_200);
        expect(run.changes.length).toBeLessThanOrEqual(8);
        expect(run.changes.length - changes).toBeLessThanOrEqual(0);
        apart(run.changes);
      }),
      { numRuns: 5 },
    );
  });

  it("under any load at all changes at most once in 20 s, and nothing that is pinned or locked", () => {
    const keys: Key[] = ["internalScale", "shadowQuality", "detailDensity", "npcFullCap", "giQuality", "gi"];
    const given = fc.record({ seed: fc.nat(), pinned: fc.subarray(keys), locked: fc.subarray(keys) });
    fc.assert(
      fc.property(given, ({ seed, pinned, locked }) => {
        const cell = SHIPPED.matrix.cell(Mode.IMMERSIVE, Preset.HIGH);
        const mapOf = (of: readonly Key[]) => new Map(of.map((key) => [key, cell[key]] as const));
        const situation = { overrides: mapOf(pinned), locks: mapOf(locked), benchmark: Preset.HIGH };
        const run = simulate(SHIPPED, { model: workstation, seed, situation });
        const held = [...pinned, ...locked];
        const before = resolve(run.situation).values;
        const random = seeded(seed + 1);
        run.play(1_800, (atS) => {
          if (atS % 60 === 0)
            run.client.load({ gpu: 3 * random(), render: 4 * random(), game: 4 * random() });
          for (const key of held) expect(resolve(run.situation).values[key], key).toBe(before[key]);
        });
        apart(run.changes);
      }),
      { numRuns: 5 },
    );
  });

  it("takes what was learned to gain most for the least loss first", () => {
    const learned = (knob: string) => ({ "gpu.fog": 6, "gpu.shadows": 2 })[knob];
    const run = simulate(SHIPPED, { model: workstation, load: { gpu: 1.8 * EVEN }, learned });
    run.play(60);
    expect(run.changes[0]?.knob).toBe("gpu.fog");
  });

  function apart(changes: readonly { atS: number }[]): void {
    changes.slice(1).forEach(({ atS }, at) => expect(atS - changes[at]!.atS).toBeGreaterThanOrEqual(20));
  }
});
