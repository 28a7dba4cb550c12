import type { Bus } from "@orrery/bus";
import { probeCodec } from "../probe.ts";
import type { Scene } from "../scene.ts";
import { demand } from "../verdict.ts";
import type { Fault } from "./fault.ts";
import { judgeLoad, subscriptionsOf, TOLD } from "./load.ts";

const EVENTS = 4_000;
const STEP_MS = 250;
const COPIES = 2;
/** What only the new release says and hears. */
const ADDED = probeCodec("conformance.v1.Added", "standard");

interface Copy {
  readonly readers: Bus;
  readonly writer: Bus;
}

/** One copy of a service of a release: it reads every subscription, and writes. */
async function deploy(scene: Scene, release: "old" | "new", copy: number): Promise<Copy> {
  const types = release === "old" ? [TOLD.typeName] : [TOLD.typeName, ADDED.typeName];
  const readers = await scene.bus();
  for (const { id, order } of subscriptionsOf(scene)) {
    await scene.read(readers, `${release} ${copy}`, { id, order, types, prefetch: 4, from: "earliest" })
      .ready;
  }
  return { readers, writer: await scene.bus() };
}

export const rolling: Fault = {
  id: "F13",
  title: "copies of one release replaced by the next, one by one, while both write and read",
  async run(scene) {
    const each = Math.max(100, Math.ceil(scene.load(EVENTS) / (COPIES * 2 + 1)));
    let written = 0;
    const say = (bus: Bus, writer: number, release: "old" | "new", codec = TOLD) => {
      written += each;
      return scene.write(bus, {
        writer,
        count: each,
        codec,
        frameBytes: 2_048,
        overMs: STEP_MS * 3,
        // The next release compresses, and is made with another schema.
        ...(release === "old" ? {} : { compression: "zstd", fingerprint: "c0f0000000000001" }),
      });
    };
    const old = await Promise.all(Array.from({ length: COPIES }, (_, copy) => deploy(scene, "old", copy)));
    const writing = old.map(({ writer }, copy) => say(writer, copy, "old"));
    const next: Copy[] = [];
    for (const [copy, { readers, writer }] of old.entries()) {
      await scene.clock.sleep(STEP_MS);
      await scene.strike("a copy replaced", async () => {
        const replacement = await deploy(scene, "new", copy);
        next.push(replacement);
        writing.push(say(replacement.writer, 10 + copy, "new"));
        await readers.drain({ deadlineMs: 5_000 });
        await writing[copy];
        await writer.drain({ deadlineMs: 5_000 });
      });
    }
    await Promise.all(writing);
    // Everybody is new: what the old release did not know is heard too.
    await say((next[0] as Copy).writer, 20, "new", ADDED);
    const ids = subscriptionsOf(scene).map(({ id }) => id);
    await scene.untilHandled(ids, written);
    const releases = new Set(scene.ledger.entries.map(({ member }) => member.slice(0, 3)));
    demand(releases.size === 2, `only the ${[...releases].join()} release handled anything`);
    return judgeLoad(scene);
  },
};
