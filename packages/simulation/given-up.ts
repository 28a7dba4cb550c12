import { GivenUpBefore, type NewDeadLetter } from "@orrery/bus";
import { commitTogether, done, type Kit, type KitTables } from "@orrery/service";
import type { CompiledQuery } from "kysely";
import type { Lease } from "./lease.ts";

type Row = KitTables["given_up"];

/** An event's identity within its world. */
interface Identity {
  readonly publisher: string;
  readonly sequence: number;
}

/**
 * Which events a writer gave up and has not taken since. Marks go by the highest sequence: without this a later event
 * would cover one that was given up, and its redrive would change nothing. It is written down before the dead letter
 * is kept, so that an event whose frame comes again after a crash is not both a letter and taken; and forgotten in the
 * commit that takes it.
 */
export interface GivenUp {
  /** Tried by the bus until it resolves; only then is the letter kept. */
  add(letter: NewDeadLetter): Promise<void>;
  /**
   * `new`: it was never given up. `redriven`: it was, and comes again from the dead letters. `past`: it was redriven
   * since, and this is an earlier delivery: nothing of it counts any more.
   * @throws GivenUpBefore when this is the very delivery that was given up
   */
  meet(world: string, event: Identity, generation: number): "new" | "redriven" | "past";
  /** What a commit does that takes these. */
  forgetting(world: string, taken: readonly Identity[]): CompiledQuery[];
  /** That commit is through. */
  forgotten(world: string, taken: readonly Identity[]): void;
}

const nameOf = (world: string, { publisher, sequence }: Identity) => `${world}\n${publisher}\n${sequence}`;

export async function loadGivenUp(kit: Pick<Kit, "store">, part: string, lease: Lease): Promise<GivenUp> {
  const db = kit.store.as<KitTables>();
  const rows = await db.selectFrom("given_up").selectAll().where("part", "=", part).execute();
  const known = new Map<string, Row>(rows.map((row) => [nameOf(row.world, row), row]));

  return {
    async add({ world, publisher, sequence, generation, reason, code, message }) {
      const name = nameOf(world, { publisher, sequence });
      if ((known.get(name)?.generation ?? -1) >= generation) return;
      const said = { generation, reason, code, message };
      const row = { part, world, publisher, sequence, ...said };
      const insert = db
        .insertInto("given_up")
        .values(row)
        .onConflict((conflict) =>
          conflict.columns(["part", "world", "publisher", "sequence"]).doUpdateSet(said),
        )
        .compile();
      await commitTogether(db, lease.checking, done(insert));
      known.set(name, row);
    },
    meet(world, event, generation) {
      const row = known.size === 0 ? undefined : known.get(nameOf(world, event));
      if (row === undefined) return "new";
      if (generation > row.generation) return "redriven";
      if (generation < row.generation) return "past";
      throw new GivenUpBefore(row.reason as NewDeadLetter["reason"], row.code, row.message);
    },
    forgetting: (world, taken) =>
      taken.map(({ publisher, sequence }) =>
        db
          .deleteFrom("given_up")
          .where("part", "=", part)
          .where("world", "=", world)
          .where("publisher", "=", publisher)
          .where("sequence", "=", sequence)
          .compile(),
      ),
    forgotten(world, taken) {
      for (const one of taken) known.delete(nameOf(world, one));
    },
  };
}
