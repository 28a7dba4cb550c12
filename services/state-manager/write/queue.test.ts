import { expect, it } from "vitest";
import { alone } from "./alone.ts";
import type { Job } from "./job.ts";
import { createFairQueue } from "./queue.ts";

const waiting = (job: Job) => ({ job, sinceMs: 0, signal: undefined, resolve() {}, reject() {} });
const write = (owner: string): Job => ({ ...alone, owner, prepare: undefined });

it("lets all others go together between two jobs that go alone, and keeps each owner's order", () => {
  const queue = createFairQueue(500, () => {});
  const page = { ...alone };
  const ada = [write("ada"), write("ada"), { ...alone, owner: "ada" }, write("ada")];
  const bob = [write("bob"), write("bob"), write("bob")];
  for (const job of [page, ada[0], bob[0], ada[1], bob[1], page, ada[2], bob[2], ada[3]])
    queue.add(waiting(job as Job));
  const turns: Job[][] = [];
  for (let turn = queue.take(100); turn.length > 0; turn = queue.take(100))
    turns.push(turn.map(({ job }) => job));
  expect(queue.size).toBe(0);
  expect(turns).toEqual([[page], [ada[0], bob[0], ada[1], bob[1], bob[2]], [page], [ada[2]], [ada[3]]]);
});
