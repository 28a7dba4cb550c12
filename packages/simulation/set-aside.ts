import type { Kit, KitTables } from "@orrery/service";
import { type Frame, openFrame, OrreryError } from "@orrery/wire";
import { simulationErrors } from "./errors.ts";

/** Most that is kept for one world, bytes. */
const FULL_BYTES = 64 * 1024 * 1024;

/** A frame that waits for its world. */
export interface Waiting {
  readonly id: number;
  readonly frame: Frame;
}

/** Frames of worlds that cannot take them in yet: kept as they came, so that their subscription can go on without them. */
export interface SetAside {
  /** Worlds with frames that wait or were refused, and how many of each. */
  worlds(): Promise<
    readonly { readonly world: string; readonly waiting: number; readonly refused: number }[]
  >;
  /** A frame that is here already is not kept twice. @throws WORLD_SET_ASIDE_FULL */
  keep(world: string, frame: Frame): Promise<void>;
  /** The oldest after this id; undefined: no more. */
  next(world: string, after: number): Promise<Waiting | undefined>;
  /** It was taken in. */
  drop(world: string, { id, frame }: Waiting): Promise<void>;
  /** It was refused for good, and stays to be looked at. */
  refuse(id: number, why: string): Promise<void>;
  /** What was refused waits again: other code may take it. */
  offerAgain(world: string): Promise<void>;
  /** All of a world that has come to its end. */
  forget(world: string): Promise<void>;
}

export function createSetAside({ store }: Pick<Kit, "store">, part: string): SetAside {
  const db = store.as<KitTables>();
  /** By world, as this process put it there. */
  const bytes = new Map<string, number>();

  return {
    async worlds() {
      const rows = await db
        .selectFrom("set_aside")
        .select(["world", ({ fn }) => fn.countAll().as("count")])
        .select(({ eb, fn }) =>
          fn.sum(eb.case().when("refused", "!=", "").then(1).else(0).end()).as("refused"),
        )
        .where("part", "=", part)
        .groupBy("world")
        .execute();
      return rows.map(({ world, count, refused }) => ({
        world,
        waiting: Number(count) - Number(refused),
        refused: Number(refused),
      }));
    },
    async keep(world, { bytes: frame, publisher, firstSequence, lastSequence, count }) {
      const sum = (bytes.get(world) ?? 0) + frame.length;
      if (sum > FULL_BYTES) throw new OrreryError(simulationErrors.WORLD_SET_ASIDE_FULL, { given: world });
      const name = `${publisher}/${firstSequence}..${lastSequence}/${count}`;
      await db
        .insertInto("set_aside")
        .values({ part, world, name, frame, refused: "" })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      bytes.set(world, sum);
    },
    async next(world, after) {
      const row = await db
        .selectFrom("set_aside")
        .select(["id", "frame"])
        .where("part", "=", part)
        .where("world", "=", world)
        .where("refused", "=", "")
        .where("id", ">", after)
        .orderBy("id")
        .limit(1)
        .executeTakeFirst();
      return row && { id: Number(row.id), frame: openFrame(row.frame) };
    },
    async drop(world, { id, frame }) {
      bytes.set(world, Math.max(0, (bytes.get(world) ?? 0) - frame.bytes.length));
      await db.deleteFrom("set_aside").where("id", "=", id).execute();
    },
    async refuse(id, why) {
      await db.updateTable("set_aside").set({ refused: why }).where("id", "=", id).execute();
    },
    async offerAgain(world) {
      await db
        .updateTable("set_aside")
        .set({ refused: "" })
        .where("part", "=", part)
        .where("world", "=", world)
        .execute();
    },
    async forget(world) {
      bytes.delete(world);
      await db.deleteFrom("set_aside").where("part", "=", part).where("world", "=", world).execute();
    },
  };
}
