import { existsSync, readdirSync } from "node:fs";
import { createBus } from "@orrery/bus";
import type { Scene } from "../scene.ts";
import { demand } from "../verdict.ts";
import type { Invariant } from "./invariant.ts";

/** Where Linux tells; elsewhere files are not counted. */
const FILES = "/proc/self/fd";
const CYCLES = 50;
const WARM_UP = 3;
/** Sockets in their last state are still counted for a moment. */
const PATIENCE_MS = 10_000;
const HEAP_BYTES_PER_CYCLE = 200_000;

interface Held {
  readonly resources: number;
  readonly files: number;
  readonly listeners: number;
}

/** What this process holds at the moment. */
function held(): Held {
  return {
    resources: process.getActiveResourcesInfo().filter((kind) => kind !== "Immediate").length,
    files: existsSync(FILES) ? readdirSync(FILES).length : 0,
    listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
  };
}

/** A whole life: connects, subscribes, publishes, handles, goes. */
async function live(scene: Scene, cycle: number): Promise<void> {
  const bus = createBus({ transport: await scene.connect(), clock: scene.clock });
  const id = "conformance/opened-and-closed";
  await scene.read(bus, `cycle-${cycle}`, { id, order: "none" }).ready;
  await scene.write(bus, { writer: 1, first: 1 + cycle * 10, count: 10 });
  await scene.until("its events are handled", () => scene.ledger.handledBy(id) >= (cycle + 1) * 10);
  await bus.close();
}

export const leaks: Invariant = {
  id: "I25",
  alone: true,
  title:
    "opened and closed fifty times: handles, timers, sockets, files and listeners are back where they were",
  async run(scene) {
    const cycles = Math.max(10, Math.min(CYCLES, scene.load(CYCLES)));
    for (let cycle = 0; cycle < WARM_UP; cycle++) await live(scene, cycle);
    await scene.clock.sleep(100);
    const before = held();
    const heapBefore = process.memoryUsage().heapUsed;
    for (let cycle = WARM_UP; cycle < WARM_UP + cycles; cycle++) await live(scene, cycle);
    let after = held();
    const isBack = () => {
      after = held();
      return (
        after.resources <= before.resources &&
        after.files <= before.files &&
        after.listeners <= before.listeners
      );
    };
    await scene.until("what was held is let go", isBack, PATIENCE_MS).catch(() => {
      demand(false, `after ${cycles} lives: ${JSON.stringify(after)}, before: ${JSON.stringify(before)}`);
    });
    const perCycle = (process.memoryUsage().heapUsed - heapBefore) / cycles;
    demand(
      perCycle < HEAP_BYTES_PER_CYCLE || global.gc === undefined,
      `the heap grows by ${perCycle} bytes a cycle`,
    );
    return { cycles, resources: after.resources, files: after.files };
  },
};
