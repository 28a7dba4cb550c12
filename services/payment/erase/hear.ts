import { SubjectErased } from "@orrery/schema/bus/v1";
import { durableSubscription, type Kit, type Part, serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { book } from "../book.ts";
import { redact } from "./redact.ts";

const hears = { name: "erasures", subscribes: [SubjectErased.typeName], durable: { order: "key" } } as const;

/** Whoever is erased is nobody in what is kept about payments too. */
export const erasures: Part<void> = {
  ...hears,
  publishes: [],
  async start(kit) {
    const subscription = kit.bus.subscribe({
      ...durableSubscription(kit, hears),
      async handle(event) {
        if (!kit.part(book).active)
          throw new OrreryError(serviceErrors.SERVICE_NOT_READY, { given: "the books" });
        await erase(kit, event.decode(SubjectErased).subject);
      },
    });
    await subscription.ready;
    return { handle: undefined, stop: async () => void (await subscription.drain()) };
  },
};

/** @returns rows that named the player */
export const erase = (kit: Kit, player: string): Promise<number> =>
  kit.part(book).submit({ worlds: [], alone: true, run: ({ db }) => redact(db, player) });
