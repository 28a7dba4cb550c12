import type { Scene } from "../scene.ts";
import { demand } from "../verdict.ts";
import { type Fault, lacking } from "./fault.ts";
import { TOLD } from "./load.ts";

const EVENTS = 2_000;
const ID = "conformance/stored";
/** Largest frame of the run, in events: a harmed record is one frame. */
const FRAME_BYTES = 1_024;
const FULL_MS = 400;

/** Written, harmed while nobody has it open, read: what is not harmed arrives, what is harmed is never handed out. */
async function harmed(scene: Scene, how: "bit-flip" | "truncation", writer: number): Promise<number> {
  const id = `${ID}-${how}`;
  const count = Math.max(400, scene.load(EVENTS));
  const spec = { id, types: [TOLD.typeName], order: "none", from: "latest" } as const;
  const before = await scene.connect();
  await before.ensure({ topics: [], subscriptions: [spec] });
  const bus = await scene.bus();
  await scene.write(bus, { writer, count, codec: TOLD, frameBytes: FRAME_BYTES });
  await bus.close();
  await before.close();
  const harmedEvents = await scene.strike(how, async () => {
    await scene.closeAll();
    return (await scene.broker.damage?.(how, scene.random)) ?? 0;
  });
  demand(harmedEvents > 0, "nothing was harmed");
  const reader = await scene.bus();
  await scene.read(reader, "after", spec).ready;
  await scene.until("what is whole is handled", () => scene.ledger.handledBy(id) >= count - harmedEvents);
  await scene.clock.sleep(200);
  const { lost, corrupted, phantom } = scene.ledger.judge(id);
  const mine = lost.filter((name) => name.startsWith(`${writer}/`));
  demand(mine.length <= harmedEvents, `${mine.length} lost, ${harmedEvents} were harmed`);
  demand(corrupted.length + phantom.length === 0, `${corrupted.length} corrupted were handed out`);
  await scene.write(reader, { writer: writer + 1, count: 50, codec: TOLD });
  await scene.until(
    "it goes on",
    () => scene.ledger.entries.filter((entry) => entry.writer === writer + 1).length >= 50,
  );
  return mine.length;
}

/** No room: publishing waits, nothing acknowledged is lost, it goes on by itself. */
async function full(scene: Scene): Promise<void> {
  const id = `${ID}-full`;
  const count = Math.max(200, Math.ceil(scene.load(EVENTS) / 4));
  const bus = await scene.bus();
  await scene.read(bus, "member", { id, types: [TOLD.typeName], order: "none", from: "latest" }).ready;
  const writing = scene.write(await scene.bus(), {
    writer: 50,
    count,
    codec: TOLD,
    frameBytes: FRAME_BYTES,
    overMs: FULL_MS * 3,
  });
  await scene.clock.sleep(FULL_MS);
  await scene.strike("disk full", async () => {
    await scene.broker.fillDisk?.(true);
    await scene.clock.sleep(FULL_MS);
    await scene.broker.fillDisk?.(false);
  });
  await writing;
  await scene.until("all is handled", () => scene.ledger.handledBy(id) >= count);
}

export const storage: Fault = {
  id: "F12",
  title: "a bit flipped, a file cut, a disk full: what is harmed is found out, what is whole arrives",
  lacks: lacking("damage", "harm what it stores"),
  async run(scene) {
    const flipped = await harmed(scene, "bit-flip", 10);
    const cut = await harmed(scene, "truncation", 20);
    await full(scene);
    return { lostWithTheBit: flipped, lostWithTheCut: cut };
  },
};
