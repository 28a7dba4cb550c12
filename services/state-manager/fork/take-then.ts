import type { WriteResponse } from "@orrery/schema/state/v1";
import type { Kysely } from "kysely";
import type { StateTables } from "../tables.ts";
import { valuesAtSeq } from "../read/values-at-seq.ts";
import { reading, together } from "@orrery/service";
import { OBJECT } from "../store/rows.ts";
import { encodeValue } from "../value/message.ts";
import { alone } from "../write/alone.ts";
import { type Head, isThere } from "../write/ground.ts";
import { type Held, heldOf } from "../write/held.ts";
import type { Job } from "../write/job.ts";
import { refIn } from "../write/reference.ts";
import type { ForkTerms } from "./begin.ts";

const NOTHING = new Uint8Array();

export interface TakeThen {
  readonly job: Job<typeof WriteResponse>;
  /** Whose objects they are, once the job is done. */
  readonly owners: ReadonlySet<string>;
  /** Objects that were there or may have been, but whose value of then history no longer holds: left out. */
  forgotten(): number;
}

/** Gives a fork objects of its parent that have changed since it was forked off, as they were then. */
export function takeThen(
  { dialect, registry, ground }: ForkTerms,
  fork: Pick<Head, "id" | "base" | "collection" | "world">,
  ids: readonly number[],
): TakeThen {
  const owners = new Set<string>();
  let then: readonly Omit<Held, "id">[] = [];
  let forgotten = 0;

  async function prepare(tx: Kysely<StateTables>): Promise<void> {
    // Deleted meanwhile, it needs nothing any more.
    if (!isThere(ground(), fork)) return;
    const rows = await tx.selectFrom("object").selectAll().where("id", "in", ids).orderBy("id").execute();
    const later = rows.filter(({ seq }) => seq > fork.base);
    const keys = later.map(({ owner, key }) => [fork.id, owner, key] as const);
    const [own] = await together(tx, reading(dialect, OBJECT, ["head", "owner", "key"], keys));
    const has = new Set(own.map(({ owner, key }) => `${owner}\u0000${key}`));
    const wanted = later.filter(({ owner, key }) => !has.has(`${owner}\u0000${key}`));
    const found = await valuesAtSeq(
      tx,
      wanted.map(({ id }) => id),
      fork.base,
    );
    then = wanted.flatMap((row) => {
      const was = found.get(row.id);
      if (was === undefined) return [];
      const ref = refIn(registry.kept(fork.world, fork.collection), fork.world, row.owner, row.key);
      const gone = was.value === undefined;
      return [
        {
          ...heldOf(ref, row),
          head: fork.id,
          seq: fork.base,
          place: row.place || row.id,
          version: was.version,
          value: was.value,
          bytes: was.value === undefined ? NOTHING : encodeValue(was.value),
          updatedMs: was.atMs ?? 0,
          updatedBy: was.actor,
          ...(gone && { expiresAt: undefined }),
        },
      ];
    });
    for (const { owner } of rows) owners.add(owner);
    const missing = wanted.filter(({ id }) => !found.has(id)).map(({ id }) => id);
    forgotten = missing.length - (await madeAfter(tx, missing, fork.base));
  }

  return {
    job: {
      ...alone,
      prepare,
      apply(draft) {
        for (const held of then) draft.own({ ...held, id: 0 });
        return {};
      },
    },
    owners,
    forgotten: () => forgotten,
  };
}

/** How many of the objects had their first change of all after the seq. */
async function madeAfter(db: Kysely<StateTables>, objects: readonly number[], seq: number): Promise<number> {
  if (objects.length === 0) return 0;
  const row = await db
    .selectFrom("change")
    .select(({ fn }) => fn.count("object").distinct().as("count"))
    .where("object", "in", objects)
    .where("seq", ">", seq)
    .where("version", "=", 1)
    .executeTakeFirst();
  return Number(row?.count ?? 0);
}
