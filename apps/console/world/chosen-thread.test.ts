import { create } from "@bufbuild/protobuf";
import { ThreadSchema } from "@orrery/schema/npc/v1";
import { expect, it } from "vitest";
import { chosen } from "./chosen-thread.ts";

const thread = (npcId: string, weight: number, text = "") => create(ThreadSchema, { npcId, weight, text });
const [ada, bea] = [thread("npc:ada", 0.5), thread("npc:bea", 0.6)];

it("begins with the best, and stays with them as they are now, for a while", () => {
  const first = chosen([bea, ada], undefined, 0)!;
  expect(first.thread.npcId).toBe("npc:bea");
  const now = thread("npc:bea", 0.4, "eats");
  expect(chosen([ada, now], first, 10_000)).toEqual({ thread: now, sinceMs: 0, before: [] });
  expect(chosen([now, ada], first, 41_000)?.thread.npcId).toBe("npc:ada");
});

it("leaves them sooner for somebody in whom there is far more, or when there is no more in them", () => {
  const first = chosen([bea], undefined, 0)!;
  expect(chosen([thread("npc:cay", 0.95), bea], first, 1_000)?.thread.npcId).toBe("npc:cay");
  expect(chosen([ada], first, 1_000)?.thread.npcId).toBe("npc:ada");
  expect(chosen([], first, 1_000)).toBeUndefined();
});

it("shows four others before somebody comes again, and comes back to the best", () => {
  const all = ["a", "b", "c", "d", "e", "f"].map((name, at) => thread(`npc:${name}`, 0.6 - at / 100));
  const shown: string[] = [];
  let held = chosen(all, undefined, 0);
  for (let at = 1; at <= 6; at++) {
    shown.push(held?.thread.npcId ?? "");
    held = chosen(all, held, at * 41_000);
  }
  expect(shown).toEqual(["npc:a", "npc:b", "npc:c", "npc:d", "npc:e", "npc:a"]);
});

it("keeps whom it has while there is no answer, or nobody else", () => {
  const first = chosen([bea], undefined, 0)!;
  expect(chosen(undefined, first, 99_000)).toBe(first);
  expect(chosen([bea], first, 99_000)?.thread.npcId).toBe("npc:bea");
});
