import { create } from "@bufbuild/protobuf";
import fc from "fast-check";
import { type BudgetTree, BudgetTreeSchema, Lane, Mode } from "@orrery/schema/performance/v1";
import { errorCodeOf } from "@orrery/service";
import { describe, expect, it } from "vitest";
import { SHIPPED } from "../testing/shipped.ts";
import { checkTree, laneMs, scaled } from "./tree.ts";
import { worstChild } from "./worst.ts";

const treeOf = (mode: Mode) => SHIPPED.trees.get(mode) as BudgetTree;
const copy = (mode: Mode) => create(BudgetTreeSchema, structuredClone(treeOf(mode)));
const said = (tree: BudgetTree) => {
  try {
    checkTree(tree);
    return "";
  } catch (error) {
    return `${errorCodeOf(error)} ${String(error)}`;
  }
};

describe("a budget tree", () => {
  it("sums in every node, and each lane is within 90 % of the frame, at any target", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(Mode.IMMERSIVE, Mode.COMPETITIVE),
        fc.double({ min: 30, max: 500, noNaN: true }),
        (mode, fps) => {
          const tree = scaled(treeOf(mode), fps);
          expect(said(tree)).toBe("");
          for (const { lane, ms } of tree.lanes) expect(laneMs(treeOf(mode), lane, fps)).toBeCloseTo(ms, 9);
        },
      ),
    );
  });

  it("with any child off by .01 ms is refused, with the node and the difference", () => {
    for (const mode of [Mode.IMMERSIVE, Mode.COMPETITIVE])
      for (const [at, lane] of treeOf(mode).lanes.entries())
        for (const nth of lane.children.keys()) {
          const tree = copy(mode);
          tree.lanes[at]!.children[nth]!.ms += 0.01;
          expect(said(tree)).toMatch(/^PERF_BUDGET_SUM.*a difference of 0\.01 ms/s);
        }
  });

  it("is refused with a lane missing, twice, beyond the frame, without time, or a child of an odd name", () => {
    const broken: ((tree: BudgetTree) => void)[] = [
      (tree) => tree.lanes.pop(),
      (tree) => tree.lanes.push(tree.lanes[0]!),
      (tree) => (tree.lanes[3]!.ms = 10.1),
      (tree) => (tree.lanes[3]!.ms = Number.NaN),
      (tree) => (tree.lanes[0]!.children[0]!.name = "__proto__"),
      (tree) => (tree.lanes[0]!.children[0]!.name = "gameplay"),
      (tree) => (tree.lanes[0]!.children[0]!.ms = -1.5),
      (tree) => (tree.referenceFps = 0),
      (tree) => (tree.mode = Mode.UNSPECIFIED),
    ];
    for (const breaks of broken) {
      const tree = copy(Mode.IMMERSIVE);
      breaks(tree);
      expect(said(tree), String(breaks)).toMatch(/^PERF_BUDGET_SUM/);
    }
  });

  it("tells which child is furthest over its own, not which is the longest", () => {
    const time = { lane: Lane.GAME, meanMs: 6, p95Ms: 9, p99Ms: 9, children: [] as never[] };
    const child = (name: string, p95Ms: number) => ({ name, meanMs: p95Ms, p95Ms });
    const worst = (children: object[], fps = 90) =>
      worstChild(treeOf(Mode.IMMERSIVE), Lane.GAME, { ...time, children } as never, fps);
    expect(worst([child("ai", 2), child("network", 1.4), child("constructor", 99)])).toBe("network");
    expect(worst([])).toBe("");
  });
});
