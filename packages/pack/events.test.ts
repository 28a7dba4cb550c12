import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ModifierOp, type Pack, WorldEventTrigger, WorldEventType } from "@orrery/schema/world/v1";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { inspectPack, readPack } from "./read.ts";

const HOLLOWMERE = join(import.meta.dirname, "../../worlds/hollowmere");

describe("what may happen in Hollowmere", () => {
  let pack: Pack;
  beforeAll(async () => {
    ({ pack } = await readPack(HOLLOWMERE));
  });

  it("is of every type, by luck and by each trigger, and every rule changes something", () => {
    const { rules = [] } = pack.events ?? {};
    const types = Object.values(WorldEventType).filter((type) => type !== WorldEventType.UNSPECIFIED);
    expect(new Set(rules.map(({ type }) => type))).toEqual(new Set(types));
    expect(new Set(rules.map(({ trigger }) => trigger))).toEqual(new Set(Object.values(WorldEventTrigger)));
    for (const { id, modifiers } of rules) expect(modifiers.length, id).toBeGreaterThan(0);
  });

  it("lasts as long as is usual for its type, where the pack does not say", () => {
    const rule = (id: string) => pack.events?.rules.find((one) => one.id === id);
    expect(rule("rule:caravan")).toMatchObject({ lengthH: 60, cooldownH: 720, least: 0.4, most: 1 });
    expect(rule("rule:fever")?.lengthH).toBe(168);
    expect(rule("rule:toll-quarrel")?.modifiers.map(({ op, value }) => [op, value])).toEqual([
      [ModifierOp.MUL, 0.5],
      [ModifierOp.ADD, -0.15],
    ]);
  });
});

describe("a mistake in what may happen", () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "orrery-events-"));
    await cp(HOLLOWMERE, dir, { recursive: true });
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it.each([
    ["regions: [region:silverdale]", "regions: [region:golddale]", "PACK_UNKNOWN_REGION", /golddale/],
    ['good: "good:fish", times', 'good: "good:constructor", times', "PACK_UNKNOWN_GOOD", /constructor/],
    ["type: natural", "type: supernatural", "PACK_SHAPE", /type/],
    ["on: danger", "on: tuesdays", "PACK_SHAPE", /on/],
    ["times: 1.6 }", "times: 1.6, add: 2 }", "PACK_SHAPE", /needs one of times, add/],
    ['good: "good:fish", times: 1.6 }', 'good: "good:fish" }', "PACK_SHAPE", /needs one of times, add/],
    ["times: 1.6 }", "tims: 1.6 }", "PACK_UNKNOWN_KEY", /tims/],
    ["id: rule:wolves", "id: rule:blight", "PACK_DUPLICATE_ID", /blight/],
    [
      "cooldown_days: 20\n    changes: [{ of: use",
      "cooldown_days: -1\n    changes: [{ of: use",
      "PACK_SHAPE",
      /cooldown/,
    ],
  ])("%s to %s is %s", async (was, is, code, says) => {
    const path = join(dir, "events.yaml");
    const text = await readFile(path, "utf8");
    expect(text).toContain(was);
    await writeFile(path, text.replace(was, is));
    const { problems } = await inspectPack(dir);
    expect(problems.map((problem) => problem.code)).toContain(code);
    const problem = problems.find((one) => one.code === code);
    expect(problem).toMatchObject({ file: "events.yaml" });
    expect(problem?.line).toBeGreaterThan(0);
    expect(`${problem?.message} ${problem?.hint}`).toMatch(says);
  });
});
