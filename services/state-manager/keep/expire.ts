import { DeleteReason, WriteResponse } from "@orrery/schema/state/v1";
import type { Kysely } from "kysely";
import type { ReadyCollection } from "../collections/registry.ts";
import type { StateTables } from "../tables.ts";
import type { Head } from "../write/ground.ts";
import type { Job } from "../write/job.ts";
import { type Ref, refIn } from "../write/reference.ts";

const PAGE = 100;

/** Objects of a collection whose time is over, oldest first. */
export async function expired(
  db: Kysely<StateTables>,
  head: Head,
  collection: ReadyCollection,
  now: number,
): Promise<Ref[]> {
  const rows = await db
    .selectFrom("object")
    .select(["owner", "key"])
    .where("head", "=", head.id)
    .where("expires_at", "is not", null)
    .where("expires_at", "<=", now)
    .orderBy("expires_at")
    .limit(PAGE)
    .execute();
  return rows.map(({ owner, key }) => refIn(collection, head.world, owner, key));
}

/** Deletes those whose time is still over when their turn comes. */
export function expireJob(refs: readonly Ref[], now: number, service: string): Job<typeof WriteResponse> {
  return {
    owner: "",
    yields: true,
    needs: { refs },
    reply: WriteResponse,
    apply(draft) {
      const author = { actor: service, requestKey: "", cause: undefined };
      for (const ref of refs) {
        const held = draft.get(ref);
        if (held?.value !== undefined && held.expiresAt !== undefined && held.expiresAt <= now)
          draft.remove(held, DeleteReason.EXPIRED, author);
      }
      return {};
    },
  };
}
