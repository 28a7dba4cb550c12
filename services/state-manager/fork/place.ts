import { Change } from "@orrery/schema/state/v1";
import { type Kysely, sql } from "kysely";
import { BLANK } from "../erase/blank.ts";
import type { StateTables } from "../tables.ts";
import type { Ground, Head } from "../write/ground.ts";
import type { Cut } from "./cut.ts";

type Db = Kysely<StateTables>;

/** What a fork sees: of which world, and up to where. */
export interface Place {
  readonly world: string;
  /** Last event of that world; undefined: not known, and the time decides. */
  readonly sequence: number | undefined;
  /** As that world began, which is a fork itself. */
  readonly begins: boolean;
  readonly atMs: number;
}

/** Younger changes are never forgotten. */
const DAY_MS = 24 * 3_600_000;

/**
 * Whose changes a cut is in: those of the parent, or of one before it where the parent has told nothing by then.
 * What a parent began with is taken from it also where its own parents have changed since.
 */
export function placeOf(ground: Ground, parent: string, { publisher, sequence, atMs }: Cut): Place {
  const tells = (world: string) => ground.streams.get(world)?.publisher === publisher;
  for (let world = parent; ; ) {
    if (tells(world)) return { world, sequence, begins: false, atMs };
    const fork = ground.forks.get(world);
    // A fork from before there were lines, a world that never told anything, or nothing that the journal still has.
    if (fork === undefined || publisher === "")
      return { world: parent, sequence: undefined, begins: false, atMs };
    if (tells(fork.parent) && sequence === fork.sequence)
      return { world, sequence: undefined, begins: true, atMs };
    world = fork.parent;
  }
}

/** Seq of a collection up to which a place reaches; 0: nothing was there. */
export async function seqAt(db: Db, head: Head, place: Place, nowMs: number): Promise<number> {
  if (place.begins) return head.base;
  const last = await lastWithin(db, head, place);
  const next = await firstAfter(db, head, last + 1);
  const upTo = next === undefined ? head.seq : next.seq - 1;
  if (upTo === last || place.atMs > nowMs - DAY_MS) return upTo;
  // What was forgotten between them came before the place or behind it: the objects say when.
  const { rows } = await sql<{ seq: number | null }>`select max(seq) as seq from object
    where head = ${head.id} and seq > ${last} and seq <= ${upTo} and updated_ms <= ${place.atMs}`.execute(db);
  return Number(rows[0]?.seq ?? last);
}

/** The first change that is kept at a seq or after. */
async function firstAfter(db: Db, head: Head, seq: number) {
  return db
    .selectFrom("change")
    .select(["seq", "at_ms", "body"])
    .where("head", "=", head.id)
    .where("seq", ">=", seq)
    .where("body", "!=", BLANK)
    .orderBy("seq")
    .limit(1)
    .executeTakeFirst();
}

/** Seq of the last change that is kept of those within the place; what the head began with if none is. */
async function lastWithin(db: Db, head: Head, { sequence, atMs }: Place): Promise<number> {
  let [low, high] = [head.base, head.seq];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const row = await firstAfter(db, head, middle);
    const told = row && (Change.decode(row.body).event?.sequence ?? 0);
    const within =
      row !== undefined && (sequence === undefined ? row.at_ms <= atMs : Number(told) <= sequence);
    if (within) low = middle;
    else high = middle - 1;
  }
  return low;
}
