import { createFrameWriter, openFrame, OrreryError } from "@orrery/wire";
import { SAMPLE, type Scene, SOURCE, WORLD } from "../scene.ts";
import { demand } from "../verdict.ts";
import type { Invariant } from "./invariant.ts";

const ID = "conformance/damaged";
const HEAD = {
  publisher: "damager",
  source: SOURCE,
  world: WORLD,
  lane: "realtime",
  fingerprint: "c0f0000000000000",
} as const;

function sampleFrame(scene: Scene, firstSequence: number, count: number): Uint8Array {
  const writer = createFrameWriter({ ...HEAD, firstSequence });
  for (let i = 0; i < count; i++) {
    const n = firstSequence + i;
    scene.ledger.publish(7, n, "key-0");
    writer.append(SAMPLE, { writer: 7, n, key: "key-0", filler: n % 97 }, { timeMs: scene.clock.now() });
  }
  return writer.finish();
}

/** A cut, a flipped bit or a run of zeros at a random place. */
function damage(frame: Uint8Array, random: () => number): Uint8Array {
  const at = Math.floor(random() * frame.length);
  const dice = random();
  if (dice < 0.3) return frame.slice(0, at);
  const copy = frame.slice();
  if (dice < 0.9) copy[at] = (copy[at] as number) ^ (1 << Math.floor(random() * 8));
  else copy.fill((copy[at] as number) ^ 0xff, at, at + 1 + Math.floor(random() * 16));
  return copy;
}

export const damageFound: Invariant = {
  id: "I18",
  title:
    "every damaged frame is found out; one that arrives becomes a dead letter, its neighbours are handled",
  async run(scene) {
    const mutations = scene.load(10_000);
    const good = sampleFrame(scene, 1, 50);
    for (let i = 0; i < mutations; i++) {
      const bad = damage(good, scene.random);
      let caught: unknown;
      try {
        for (const event of openFrame(bad).events()) void event.payload;
      } catch (error) {
        caught = error;
      }
      demand(caught !== undefined, `mutation ${i} was taken for a good frame`);
      demand(caught instanceof OrreryError, `mutation ${i}: ${String(caught)} has no code`);
    }

    const bus = await scene.bus();
    await scene.read(bus, "member", { id: ID, order: "none" }).ready;
    const frames = Array.from({ length: 9 }, (_, i) => sampleFrame(scene, 101 + i * 10, 10));
    const broken = (frames[4] as Uint8Array).slice();
    const last = broken.length - 6;
    broken[last] = (broken[last] as number) ^ 0x10;
    frames[4] = broken;
    for (const frame of frames) await bus.send(frame);
    for (let n = 101; n < 191; n++) if (n < 141 || n > 150) scene.ledger.outcome(7, n, "acked");
    await scene.until("the whole frames are handled", () => scene.ledger.handledBy(ID) >= 80);
    await scene.until("the damaged one is kept", async () => {
      return (await Array.fromAsync(bus.deadLetters(ID))).length === 1;
    });
    const [letter] = await Array.fromAsync(bus.deadLetters(ID));
    demand(letter?.reason === "UNDECODABLE", `reason ${letter?.reason}`);
    demand(Buffer.from(letter?.payload ?? []).equals(broken), "its bytes are not as they came");
    demand(scene.ledger.judge(ID).lost.length === 0, "a neighbour was lost");
    return { mutations, frames: frames.length };
  },
};
