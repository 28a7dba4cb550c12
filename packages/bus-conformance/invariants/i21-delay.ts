import { busErrors, frameHead } from "@orrery/bus";
import { isError } from "@orrery/wire";
import { rawFrame } from "../frames.ts";
import { rawMember } from "../raw-member.ts";
import { demand } from "../verdict.ts";
import type { Invariant } from "./invariant.ts";

const ID = "conformance/delayed";
const FRAMES = 100;
const LONGEST_MS = 2_000;
/** Clocks that are read in whole milliseconds may be this much early. */
const EARLY_MS = 2;
/** Brokers that count in seconds, and a machine with other things to do. */
const LATE_MS = 2_500;

export const delays: Invariant = {
  id: "I21",
  title: "a delayed frame is never early and not much late; a delay beyond the limit is refused",
  async run(scene) {
    const { clock, random, features } = scene;
    const count = Math.max(20, scene.load(FRAMES));
    const transport = await scene.connect();
    const member = await rawMember(scene, ID);
    const frame = (n: number) =>
      rawFrame({
        publisher: `delayed-${n}`,
        events: [{ payload: new Uint8Array(40), timeMs: clock.now() }],
      });
    const longest = Math.min(LONGEST_MS, features.delay);
    const due = new Map<string, number>();
    const settled: (Promise<void> | undefined)[] = [];
    let [earliest, latest, doubles] = [Infinity, 0, 0];
    if (longest > 0) {
      for (let n = 0; n < count; n++) {
        const delayMs = Math.floor(random() * longest);
        due.set(`delayed-${n}`, clock.now() + delayMs);
        await transport.requeue(ID, frame(n), { delayMs, attempt: 1, generation: 0 });
      }
      while (due.size > 0) {
        const [delivery] = await member.take(1, longest + LATE_MS * 2);
        demand(delivery !== undefined, `${due.size} of ${count} never came`);
        if (delivery === undefined) break;
        const arrivedMs = clock.now();
        // What settling takes is not the delay's.
        settled.push(delivery.settle());
        const publisher = publisherOf(delivery.frame);
        const dueMs = due.get(publisher);
        if (!due.delete(publisher)) doubles++;
        if (dueMs === undefined) continue;
        const late = arrivedMs - dueMs;
        [earliest, latest] = [Math.min(earliest, late), Math.max(latest, late)];
      }
      await Promise.all(settled);
      const doubled = scene.broker.doubled?.() ?? 0;
      demand(doubles <= doubled, `${doubles} came twice, or were never sent`);
      demand(earliest >= -EARLY_MS, `one came ${-earliest} ms early`);
      demand(latest <= LATE_MS, `one came ${latest} ms late`);
    }
    const beyond = { delayMs: features.delay + 1, attempt: 1, generation: 0 };
    const refusal = await transport.requeue(ID, frame(count), beyond).catch((error: unknown) => error);
    demand(isError(refusal, busErrors.BUS_FEATURE_MISSING), `a delay beyond the limit: ${String(refusal)}`);
    await member.close();
    return { frames: longest === 0 ? 0 : count, limitMs: features.delay, latestMs: Math.round(latest) };
  },
};

const publisherOf = (frame: Uint8Array): string => frameHead(frame).publisher;
