import { WorldArchived, WorldCreated } from "@orrery/schema/world/v1";
import { durableSubscription, type Part, serviceErrors } from "@orrery/service";
import { OrreryError, PLATFORM } from "@orrery/wire";
import { book } from "../book.ts";
import { WORLD } from "../store/rows.ts";
import type { PaymentTables } from "../tables.ts";
import { openFork } from "./fork.ts";

const hears = {
  name: "worlds",
  subscribes: [WorldCreated.typeName, WorldArchived.typeName],
  durable: { order: "key" },
} as const;

/** Which worlds have money. A fork begins with its parent's coins; what belongs to no world stays one. */
export const worlds: Part<void> = {
  ...hears,
  publishes: [],
  async start(kit) {
    const owned = kit.part(book);
    const note = (id: string, over: { forked?: number; ended?: number }) =>
      owned.submit({
        worlds: [],
        reads: [{ table: WORLD, key: [id] }],
        async run(draft) {
          const known = (await draft.get(WORLD, id)) ?? { id, forked: 0, ended: 0 };
          draft.put(WORLD, { ...known, ...over });
        },
      });

    const subscription = kit.bus.subscribe({
      ...durableSubscription(kit, hears),
      async handle(event) {
        if (!owned.active) throw new OrreryError(serviceErrors.SERVICE_NOT_READY, { given: "the books" });
        const { world } = event;
        if (event.type === WorldArchived.typeName) return note(world, { ended: 1 });
        const { forkedFrom } = event.decode(WorldCreated);
        if (forkedFrom === undefined) return note(world, {});
        await openFork(kit, world, forkedFrom);
      },
    });
    await subscription.ready;
    // The platform is nobody's to make; whoever has the books opens it.
    await owned.whenTaken(async () => {
      await kit.store
        .as<PaymentTables>()
        .insertInto("world")
        .values({ id: PLATFORM, forked: 0, ended: 0 })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    });
    return { handle: undefined, stop: async () => void (await subscription.drain()) };
  },
};
