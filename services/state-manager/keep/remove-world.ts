import { WriteResponse } from "@orrery/schema/state/v1";
import { type Ground, relate } from "../write/ground.ts";
import type { Job } from "../write/job.ts";

/** Takes away all that is kept of a world. */
export function removeWorldJob(ground: () => Ground, world: string): Job<typeof WriteResponse> {
  return {
    owner: "",
    yields: true,
    needs: { refs: [] },
    reply: WriteResponse,
    // A commit of its own: what is removed must not change meanwhile.
    async prepare() {},
    apply: () => ({}),
    async also(tx) {
      const own = ground();
      const heads = [...own.heads].filter(([, head]) => head.world === world);
      for (const [name, { id }] of heads) {
        const objects = tx.selectFrom("object").select("id").where("head", "=", id);
        await tx.deleteFrom("snapshot").where("object", "in", objects).execute();
        for (const table of ["entry", "tally", "change", "object"] as const)
          await tx.deleteFrom(table).where("head", "=", id).execute();
        await tx.deleteFrom("head").where("id", "=", id).execute();
        own.heads.delete(name);
      }
      await tx.deleteFrom("fork").where("world", "=", world).execute();
      own.forks.delete(world);
      relate(own);
      for (const table of ["item_grant", "item_account", "slot", "pin"] as const)
        await tx.deleteFrom(table).where("world", "=", world).execute();
    },
  };
}
