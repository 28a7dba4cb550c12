import { rawFrame } from "../frames.ts";
import { rawMember } from "../raw-member.ts";
import type { Scene } from "../scene.ts";
import { demand } from "../verdict.ts";
import type { Invariant } from "./invariant.ts";

const ID = "conformance/deduplicated";
const EVENTS = 1_000;
const PER_FRAME = 10;
/** A longer window than this is not waited for in real time. */
const LONGEST_WAIT_MS = 10_000;

function framesOf(scene: Scene, count: number, publisher: string): Uint8Array[] {
  return Array.from({ length: Math.ceil(count / PER_FRAME) }, (_, frame) =>
    rawFrame({
      publisher,
      firstSequence: 1 + frame * PER_FRAME,
      events: Array.from({ length: PER_FRAME }, () => ({
        payload: new Uint8Array(40),
        timeMs: scene.clock.now(),
      })),
    }),
  );
}

/** The broker itself drops what it has seen, whoever reads. */
async function byBroker(scene: Scene, frames: readonly Uint8Array[]): Promise<Record<string, number>> {
  const { dedupWindow } = scene.features;
  const writer = await scene.bus();
  const member = await rawMember(scene, ID);
  await writer.send(...frames);
  await writer.send(...frames);
  const once = await member.settleAll();
  demand(once === frames.length, `${once} frames arrived, ${frames.length} were sent twice`);
  await member.close();
  const restarted = await rawMember(scene, ID);
  await (await scene.bus()).send(...frames);
  const late = await restarted.settleAll();
  demand(late === 0, `${late} doubles came after the consumer restarted`);
  if (dedupWindow <= LONGEST_WAIT_MS) {
    await scene.clock.sleep(dedupWindow * 1.2);
    await writer.send(...frames);
    const again = await restarted.settleAll();
    demand(again === frames.length, `after the window ${again} of ${frames.length} came again`);
  }
  await restarted.close();
  return { frames: frames.length, windowMs: dedupWindow };
}

/** The broker drops nothing: readers do, as long as they live. */
async function byReader(scene: Scene, frames: readonly Uint8Array[]): Promise<Record<string, number>> {
  const handled = new Map<number, number>();
  const bus = await scene.bus();
  await bus.subscribe({
    id: `${ID}-by-reader`,
    types: ["conformance.v1.Sampled"],
    order: "none",
    handle: ({ sequence }) => void handled.set(sequence, (handled.get(sequence) ?? 0) + 1),
  }).ready;
  await bus.send(...frames);
  await bus.send(...frames);
  const events = frames.length * PER_FRAME;
  await scene.until("all are handled", () => handled.size >= events);
  await scene.until("the doubles are settled", async () =>
    (await bus.lag()).every((lag) => lag.events === 0),
  );
  const twice = [...handled.values()].filter((times) => times > 1).length;
  demand(twice === 0, `${twice} of ${events} were handled twice`);
  return { events };
}

export const dedup: Invariant = {
  id: "I20",
  title: "what is sent twice within the window comes once, after it again, also when the consumer restarts",
  async run(scene) {
    const count = Math.max(100, scene.load(EVENTS));
    const frames = framesOf(scene, count, "once");
    const figures = await byReader(scene, frames);
    if (scene.features.dedupWindow === 0) return figures;
    // Another publisher's: the window of what readers dropped may be longer than anybody waits.
    const own = framesOf(scene, count, "once-more");
    return { ...figures, ...(await byBroker(scene, own)) };
  },
};
