import type { Scene } from "../scene.ts";
import { demand } from "../verdict.ts";
import type { Fault } from "./fault.ts";
import { judgeLoad, ORDERED, SHARED, subscriptionsOf, TOLD } from "./load.ts";

const EVENTS = 1_000;
const REMADE = "conformance/remade";

/** Writes a part and waits until everybody has handled all so far. */
async function part(scene: Scene, number: number, count: number): Promise<void> {
  const first = 1 + number * count;
  const writer = await scene.bus();
  await scene.write(writer, { writer: number, first, count, codec: TOLD, frameBytes: 2_048 });
  const all = (number + 1) * count;
  await scene.until(`part ${number} is handled`, () =>
    subscriptionsOf(scene).every(({ id }) => scene.ledger.handledBy(id) >= all),
  );
}

/** Taken away in the open and made again: what comes later is handled, what was before does not come back. */
async function remade(scene: Scene, count: number): Promise<void> {
  const options = { id: REMADE, order: "none", types: [TOLD.typeName], from: "latest" } as const;
  const before = await scene.bus();
  await scene.read(before, "before", options).ready;
  await scene.write(await scene.bus(), { writer: 100, count, codec: TOLD });
  await scene.until("the first life handled its own", () => scene.ledger.handledBy(REMADE) >= count);
  await before.drain();
  await scene.strike("subscription removed and made again", async () => {
    const operator = await scene.bus();
    await operator.forget(REMADE);
  });
  const after = await scene.bus();
  await scene.read(after, "after", options).ready;
  await scene.write(await scene.bus(), { writer: 101, count, codec: TOLD });
  await scene.until("the second life handles its own", () => scene.ledger.handledBy(REMADE) >= count * 2);
  const old = scene.ledger.entries.filter(({ member, writer }) => member === "after" && writer === 100);
  demand(old.length === 0, `${old.length} events of its first life came to the second`);
}

export const deleted: Fault = {
  id: "F10",
  title: "subscriptions removed and made again; streams and consumers deleted behind everybody's back",
  async run(scene) {
    const count = Math.max(100, Math.ceil(scene.load(EVENTS) / 3));
    const { lose } = scene.broker;
    await remade(scene, count);
    if (lose === undefined) return { published: count * 2 };
    for (const { id, order } of subscriptionsOf(scene)) {
      const options = { id, order, types: [TOLD.typeName], from: "latest" } as const;
      await scene.read(await scene.bus(), id === SHARED ? "member" : ORDERED, options).ready;
    }
    await part(scene, 0, count);
    for (const [number, what] of (["consumer", "stream"] as const).entries()) {
      await scene.strike(`${what} deleted`, async () => lose.call(scene.broker, what));
      await part(scene, number + 1, count);
    }
    // What was written for the life before has no reader here.
    return judgeLoad(scene, (writer) => writer < 100);
  },
};
