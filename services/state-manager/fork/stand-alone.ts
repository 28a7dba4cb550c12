import type { WriteResponse } from "@orrery/schema/state/v1";
import type { Dialect } from "@orrery/service";
import { type Kysely } from "kysely";
import type { Registry } from "../collections/registry.ts";
import { rowsAfter } from "../read/view.ts";
import type { StateTables } from "../tables.ts";
import { alone } from "../write/alone.ts";
import { type Ground, type Head, headName, relate } from "../write/ground.ts";
import type { Job } from "../write/job.ts";
import { refIn } from "../write/reference.ts";

export interface StandAloneTerms {
  readonly db: Kysely<StateTables>;
  readonly dialect: Dialect;
  readonly registry: Registry;
  readonly ground: () => Ground;
  submit(job: Job<typeof WriteResponse>): Promise<unknown>;
}

const PAGE = 100;

/**
 * Gives a fork rows of its own of all that it sees in a collection, page by page while others write, and lets go of its
 * parent: their indexes go different ways.
 */
export async function standAlone(
  { db, registry, ground, submit }: StandAloneTerms,
  { id, world, collection }: Head,
): Promise<void> {
  const levels = () => ground().lineage.levels(id);
  if (levels().length < 2) return;
  const kept = registry.kept(world, collection);
  const all = { owner: undefined, prefix: "", leastRead: 0, asOf: 0, gone: true };
  for (let after: readonly [string, string] | undefined; ; ) {
    const { rows, at } = await rowsAfter(db, levels(), all, after, PAGE);
    const refs = rows.filter((row) => row.id === 0).map(({ owner, key }) => refIn(kept, world, owner, key));
    if (refs.length > 0)
      await submit({
        ...alone,
        prepare: (_tx, load) => load({ refs }),
        apply(draft) {
          for (const ref of refs) {
            const held = draft.get(ref);
            if (held?.id === 0) draft.own(held);
          }
          return {};
        },
      });
    after = at;
    if (after === undefined) break;
  }
  await submit({
    ...alone,
    async also(tx) {
      await tx.updateTable("head").set({ parent: 0 }).where("id", "=", id).execute();
    },
    done() {
      const head = ground().heads.get(headName(world, collection));
      if (head?.id !== id) return;
      ground().heads.set(headName(world, collection), { ...head, parent: 0 });
      relate(ground());
    },
  });
}
