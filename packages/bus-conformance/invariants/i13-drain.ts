import { SAMPLE } from "../scene.ts";
import { demand } from "../verdict.ts";
import type { Invariant } from "./invariant.ts";

const DRAINS = 20;
const ID = "conformance/drained";

export const draining: Invariant = {
  id: "I13",
  title: "drain starts no handler, settles or returns every event, and its report adds up",
  async run(scene) {
    const drains = Math.max(3, scene.load(DRAINS));
    const count = Math.max(drains * 20, scene.load(4_000));
    // Made before anything is published: a transport without replay has no beginning to offer later.
    const subscriptions = [ID, `${ID}-forced`].map(
      (id) => ({ id, types: [SAMPLE.typeName], order: "none", from: "earliest" }) as const,
    );
    await (await scene.connect()).ensure({ topics: [], subscriptions });
    const writer = await scene.bus();
    await scene.write(writer, { writer: 1, count, frameBytes: 1_024 });
    let late = 0;
    let finished = 0;
    let returned = 0;
    for (let i = 0; i < drains; i++) {
      const bus = await scene.bus();
      let draining = false;
      let begun = 0;
      let ended = 0;
      let running = 0;
      const subscription = scene.read(bus, `member-${i}`, {
        id: ID,
        order: "none",
        concurrency: 8,
        prefetch: 4,
        from: "earliest",
        async handle() {
          if (draining) late++;
          begun++;
          running++;
          await scene.clock.sleep(1 + scene.random() * 3);
          running--;
          ended++;
        },
      });
      await subscription.ready;
      const enough = Math.floor(count / drains / 2);
      await scene.until("some work is done", () => begun > enough || scene.ledger.handledBy(ID) >= count);
      const before = running;
      draining = true;
      const report = await bus.drain({ deadlineMs: 10_000 });
      demand(report.abandoned === 0, `${report.abandoned} abandoned with time left`);
      demand(report.finished === before, `${report.finished} finished, ${before} were running`);
      demand(begun === ended, `${begun - ended} handlers neither finished nor abandoned`);
      finished += report.finished;
      returned += report.returned;
    }
    demand(late === 0, `${late} handlers began after the drain was called`);
    const last = await scene.bus();
    await scene.read(last, "last", { id: ID, order: "none", from: "earliest" }).ready;
    await scene.until("what was returned is handled", () => scene.ledger.handledBy(ID) >= count);
    const { lost, duplicates } = scene.ledger.judge(ID);
    demand(lost.length === 0, `${lost.length} lost in drains`);
    scene.demandNoDoubles(ID, "events came twice after clean drains");

    const stubborn = await scene.bus();
    let aborted = 0;
    const forever = Promise.withResolvers<void>();
    const held = scene.read(stubborn, "stubborn", {
      id: `${ID}-forced`,
      order: "none",
      from: "earliest",
      concurrency: 2,
      handle(event) {
        event.signal.addEventListener("abort", () => aborted++);
        return forever.promise;
      },
    });
    await held.ready;
    await scene.until("two stubborn handlers run", () => {
      return scene.ledger.entries.filter((entry) => entry.member === "stubborn").length === 2;
    });
    const first = stubborn.drain({ deadlineMs: 600_000 });
    const forced = await Promise.all([first, stubborn.drain()]);
    demand(forced[0].abandoned === 2, `a second drain must force: ${JSON.stringify(forced[0])}`);
    demand(aborted === 2, `${aborted} of 2 signals aborted`);
    forever.resolve();
    return { drains, finished, returned, duplicates };
  },
};
