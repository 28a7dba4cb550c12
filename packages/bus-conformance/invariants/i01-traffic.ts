import type { Scene } from "../scene.ts";
import { demand } from "../verdict.ts";
import type { Invariant } from "./invariant.ts";

const WRITERS = 4;
const SUBSCRIPTIONS = ["conformance/one", "conformance/two", "conformance/three"];

interface Traffic {
  readonly doubles: number;
  readonly causes: number;
}

/** Four writers, three subscriptions; a share of publishes is refused or its reply lost when `faulty`. */
async function traffic(scene: Scene, faulty: boolean): Promise<Traffic> {
  const count = scene.load(20_000 / WRITERS);
  let causes = 0;
  const bus = await scene.bus(
    faulty
      ? {
          publish() {
            const dice = scene.random();
            if (dice < 0.1) return "refuse";
            if (dice > 0.15) return undefined;
            causes++;
            return "lose-reply";
          },
        }
      : undefined,
  );
  const read = SUBSCRIPTIONS.map((id) => scene.read(bus, id, { id, order: "none" }));
  await Promise.all(read.map((subscription) => subscription.ready));
  const writers = Array.from({ length: WRITERS }, (_, writer) =>
    scene.write(bus, { writer, count, frameBytes: 2_048 }),
  );
  await Promise.all(writers);
  await scene.untilHandled(SUBSCRIPTIONS, count * WRITERS);
  await bus.drain();
  let doubles = 0;
  for (const id of SUBSCRIPTIONS) doubles += scene.ledger.judge(id).duplicates;
  return { doubles, causes };
}

export const noLoss: Invariant = {
  id: "I1",
  title: "no acknowledged event is lost",
  async run(scene) {
    await traffic(scene, true);
    for (const id of SUBSCRIPTIONS) {
      const { lost, lostAt } = scene.ledger.judge(id);
      demand(lost.length === 0, `${id} lost ${lost.length}, like ${lost[0]} (${JSON.stringify(lostAt)})`);
    }
    return { published: scene.ledger.published, subscriptions: SUBSCRIPTIONS.length };
  },
};

export const noPhantom: Invariant = {
  id: "I2",
  title: "nothing is delivered that was not published, byte for byte",
  async run(scene) {
    await traffic(scene, true);
    for (const id of SUBSCRIPTIONS) {
      const { phantom, corrupted } = scene.ledger.judge(id);
      demand(phantom.length === 0, `${id} got ${phantom.length} phantoms, like ${phantom[0]}`);
      demand(corrupted.length === 0, `${id} got ${corrupted.length} corrupted, like ${corrupted[0]}`);
    }
    return { published: scene.ledger.published };
  },
};

export const doublesHaveCause: Invariant = {
  id: "I3",
  title: "a double has a cause; without one there is none",
  async run(scene) {
    const { doubles, causes } = await traffic(scene, false);
    demand(causes === 0, "the calm run had faults");
    const calm = scene.ledger.entries.filter((entry) => entry.attempt === 1).length;
    const expected = scene.ledger.published * SUBSCRIPTIONS.length;
    for (const id of SUBSCRIPTIONS)
      scene.demandNoDoubles(id, `doubles without a cause in ${expected} deliveries`);
    return { published: scene.ledger.published, deliveries: calm, doubles };
  },
};
