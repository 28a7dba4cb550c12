import { SubjectErased } from "@orrery/schema/bus/v1";
import { durableSubscription, type Kit, type Part, serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { book } from "../book.ts";
import type { PaymentTables } from "../tables.ts";
import { till } from "../till.ts";
import { nobody } from "./nobody.ts";
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

/**
 * Puts nobody in the player's place, and ends at the provider what they are still charged for.
 * @returns rows that named the player @throws PAYMENT_PROVIDER_AWAY where that is to be done again
 */
export async function erase(kit: Kit, player: string): Promise<number> {
  const count = await kit.part(book).submit({ worlds: [], alone: true, run: ({ db }) => redact(db, player) });
  const { on } = kit.part(till);
  if (!on) return count;
  const { provider, refresher } = kit.part(till);
  const rows = await kit.store
    .as<PaymentTables>()
    .selectFrom("provider_object")
    .select("ref")
    .where("player", "=", nobody(player))
    .where("kind", "=", "subscription")
    .where("provider", "=", provider.name)
    .execute();
  for (const { ref } of rows) await refresher.refresh({ kind: "subscription", ref });
  return count;
}
