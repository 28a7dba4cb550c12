import type { Claim } from "../claim.ts";
import { tested } from "../tested.ts";

const REALM = "services/world-state/realm";
const REGIONS = "services/world-state/regions";

export const claims: readonly Claim[] = [
  tested({
    id: "world-state.chain",
    sentence: "What a faction gives to the hungry leads back to the shortage, the closed road and the flood",
    files: [`${REALM}/powers.test.ts`],
    titles: ["give to the hungry, and the chain leads from the gift to the flood that closed the road"],
  }),
  tested({
    id: "world-state.factions",
    sentence: "Factions act for reasons, lose no penny, keep every share and value in its range, and no seat",
    files: ["packages/politics/politics.test.ts", `${REALM}/powers.test.ts`],
  }),
  tested({
    id: "world-state.events",
    sentence: "What happens in a world fits it, ends once, and leaves nothing behind but what came of it",
    files: [`${REALM}/events/events.test.ts`, `${REALM}/events/modifiers.test.ts`],
  }),
  tested({
    id: "world-state.edit",
    sentence: "An edited base price draws the price along from the next game hour on",
    files: [`${REALM}/realm.test.ts`],
    titles: ["of a base price draws the price along from the next hour on, 8 % an hour at most"],
  }),
  tested({
    id: "world-state.trade",
    sentence:
      "A trade ends once, paid or let go; what is set aside is never lost, and the books add up all the while",
    files: [`${REALM}/trades/trades.test.ts`, "packages/economy/quote.test.ts"],
  }),
  tested({
    id: "world-state.gift",
    sentence:
      "What a player gives is taken once and remembered, or theirs as before: nothing is lost, and nothing is given twice",
    files: [`${REALM}/trades/gifts.test.ts`, "services/npc-behavior/gifts.test.ts"],
  }),
  tested({
    id: "world-state.two-writers",
    sentence:
      "Of two services that write one entity at once one wins; the other is told every version, and nothing of its call is done",
    files: [`${REGIONS}/upsert.test.ts`],
  }),
  tested({
    id: "world-state.act",
    sentence:
      "What a player does with a thing is told with who did it; a road that is barred opens again, whoever would keep it closed, and nothing of who is erased is left",
    files: [`${REGIONS}/act.test.ts`, `${REALM}/barred.test.ts`, "services/world-state/act.test.ts"],
  }),
  tested({
    id: "world-state.players",
    sentence: "Players walk by the roads, from border to border, and are nowhere once they are erased",
    files: [`${REGIONS}/players.test.ts`],
  }),
];
