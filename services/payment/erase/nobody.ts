import type { Kysely } from "kysely";
import { digestOf } from "../commit/once.ts";
import type { PaymentTables } from "../tables.ts";

const PREFIX = "player:erased-";
const digestFor = (player: string): string => digestOf("erased", player);

/** Who stands in the place of a player that was erased; the same at each call. */
export const nobody = (player: string): string => `${PREFIX}${digestFor(player).slice(0, 16)}`;

/** Notes that a player is nobody from now on, whoever names them later. */
export async function noteErased(db: Kysely<PaymentTables>, player: string): Promise<void> {
  await db
    .insertInto("erased")
    .values({ digest: digestFor(player) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** The player, or nobody: the provider names those whom it has known for ever. */
export async function asKnown(db: Kysely<PaymentTables>, player: string): Promise<string> {
  if (player === "") return player;
  const row = await db
    .selectFrom("erased")
    .select("digest")
    .where("digest", "=", digestFor(player))
    .executeTakeFirst();
  return row === undefined ? player : nobody(player);
}

export const isNobody = (player: string): boolean => player.startsWith(PREFIX);

/** Whether tokens of a payment are anybody's: of who was erased they stay where they are. */
export const hasTokens = (player: string): boolean => player !== "" && !isNobody(player);
