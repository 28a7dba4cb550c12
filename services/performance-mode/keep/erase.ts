import type { KitTables } from "@orrery/service";
import type { Kysely } from "kysely";
import { closes } from "../session/comings.ts";
import { askedBy } from "../write/answer.ts";
import type { Turn } from "../write/turn.ts";

/** Takes away all that is kept about a player: profiles, devices, benchmarks, policies, open sessions. */
export function erasePlayer(turn: Turn, player: string): void {
  for (const { id } of turn.sessionsOf(player)) closes(turn, id);
  turn.write(
    turn.db.deleteFrom("profile").where("player", "=", player),
    turn.db.deleteFrom("policy").where("player", "=", player),
    turn.db.deleteFrom("session").where("player", "=", player),
    // What they were answered names them too.
    (turn.db as unknown as Kysely<KitTables>)
      .deleteFrom("answer")
      .where("world", "=", askedBy({ role: "player", id: player, scopes: [] })),
  );
  turn.keep({ player, profiles: new Map(), policies: new Map() });
}
