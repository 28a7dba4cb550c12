import { KeptPolicy, Profile } from "@orrery/schema/performance/v1";
import type { Kysely } from "kysely";
import { type Wants, wantsOf } from "../session/wants.ts";
import type { PerformanceTables } from "../tables.ts";

const nameOf = (player: string, place: string): string => `${player}\u0000${place}`;

/** What the open sessions go by, from what is kept of their players. */
export async function readWants(
  db: Kysely<PerformanceTables>,
): Promise<(player: string, device: string, world: string) => Wants | undefined> {
  const open = db.selectFrom("session").select("player");
  const profiles = await db.selectFrom("profile").selectAll().where("player", "in", open).execute();
  const policies = await db.selectFrom("policy").selectAll().where("player", "in", open).execute();
  const bodies = new Map(profiles.map(({ player, device, body }) => [nameOf(player, device), body]));
  const allowed = new Map(policies.map(({ player, world, body }) => [nameOf(player, world), body]));
  return (player, device, world) => {
    const body = bodies.get(nameOf(player, device));
    const policy = allowed.get(nameOf(player, world));
    return body && wantsOf(Profile.decode(body), policy && KeptPolicy.decode(policy));
  };
}
