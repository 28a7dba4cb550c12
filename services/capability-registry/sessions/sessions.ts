import { SubjectErased } from "@orrery/schema/bus/v1";
import { ClientConnected, ClientDisconnected } from "@orrery/schema/router/v1";
import { type Kit, projection } from "@orrery/service";
import type { CapabilityTables, SessionRow } from "../store/tables.ts";

/** A profile outlives a session whose end was never heard of by no more than this. */
const KEPT_MS = 24 * 3_600_000;
const SUBJECT = "player:";

/** With which engine, in which version and on what each client is connected; gone with the session, or the person. */
export const sessions = projection(
  "sessions",
  [ClientConnected.typeName, ClientDisconnected.typeName, SubjectErased.typeName],
  async (events, into, kit) => {
    const db = into.as<CapabilityTables>();
    await db.deleteFrom("session").where("until_ms", "<", kit.hostMs()).execute();
    for (const event of events) {
      if (event.type === ClientConnected.typeName) {
        const { sessionId, playerId, engine, engineVersion, platform } = event.decode(ClientConnected);
        const row = { player: playerId, engine, version: engineVersion, platform };
        const until_ms = event.timeMs + KEPT_MS;
        await db
          .insertInto("session")
          .values({ id: sessionId, ...row, until_ms })
          .onConflict((conflict) => conflict.column("id").doUpdateSet({ ...row, until_ms }))
          .execute();
      } else if (event.type === ClientDisconnected.typeName)
        await db.deleteFrom("session").where("id", "=", event.decode(ClientDisconnected).sessionId).execute();
      else {
        const { subject } = event.decode(SubjectErased);
        const bare = subject.startsWith(SUBJECT) ? subject.slice(SUBJECT.length) : subject;
        await db.deleteFrom("session").where("player", "in", [subject, bare]).execute();
      }
    }
  },
);

export async function sessionOf(kit: Kit, id: string): Promise<SessionRow | undefined> {
  return kit.store
    .as<CapabilityTables>()
    .selectFrom("session")
    .selectAll()
    .where("id", "=", id)
    .where("until_ms", ">=", kit.hostMs())
    .executeTakeFirst();
}
