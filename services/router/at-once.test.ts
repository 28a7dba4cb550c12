import { expect, it } from "vitest";
import { fewAtOnce } from "./at-once.ts";

it("does at most so many at once, in order, whatever becomes of them", async () => {
  const few = fewAtOnce(2);
  let running = 0;
  let most = 0;
  const began: number[] = [];
  const one = (at: number) =>
    few(async () => {
      began.push(at);
      most = Math.max(most, ++running);
      await Promise.resolve();
      running -= 1;
      if (at === 1) throw new Error("of no consequence");
      return at;
    }).catch(() => -1);
  const came = await Promise.all([0, 1, 2, 3, 4].map(one));
  expect([came, began, most, running]).toEqual([[0, -1, 2, 3, 4], [0, 1, 2, 3, 4], 2, 0]);
});
