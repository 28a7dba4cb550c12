import { randomBytes } from "node:crypto";
import type { Held, Kit } from "@orrery/service";
import type { Kysely } from "kysely";
import type { SecretBox } from "../webhooks/secrets.ts";
import type { ErasingTables, SubjectKeyRow } from "./tables.ts";

const KEY_BYTES = 32;
const ID_BYTES = 16;

/** Keys of people, one for each in each world. */
export interface SubjectKeys {
  /** Made where there were none; of an erased person, without the key. */
  ofSubjects(world: string, subjects: readonly string[]): Promise<readonly Held[]>;
  /** One that was never made is not among them. */
  ofIds(ids: readonly string[]): Promise<readonly Held[]>;
}

export function createSubjectKeys(kit: Kit, db: Kysely<ErasingTables>, box: SecretBox): SubjectKeys {
  const held = ({ id, world, subject, wrapped }: SubjectKeyRow): Held => ({
    id,
    worldId: world,
    subject,
    key: wrapped === null ? undefined : new Uint8Array(Buffer.from(box.open(wrapped), "base64")),
  });

  async function make(world: string, subjects: readonly string[]): Promise<void> {
    const rows = subjects.map((subject) => ({
      id: randomBytes(ID_BYTES).toString("hex"),
      world,
      subject,
      wrapped: box.seal(randomBytes(KEY_BYTES).toString("base64")),
      made_ms: kit.clock.now(),
      erased_ms: 0,
      erased_by: "",
      note: "",
    }));
    // Somebody else may have made one meanwhile: theirs stays.
    await db
      .insertInto("subject_key")
      .values(rows)
      .onConflict((conflict) => conflict.columns(["subject", "world"]).doNothing())
      .execute();
  }

  async function ofSubjects(world: string, subjects: readonly string[]): Promise<readonly Held[]> {
    if (subjects.length === 0) return [];
    const look = () =>
      db
        .selectFrom("subject_key")
        .selectAll()
        .where("world", "=", world)
        .where("subject", "in", [...subjects])
        .execute();
    const known = await look();
    const names = new Set(known.map(({ subject }) => subject));
    const missing = subjects.filter((subject) => !names.has(subject));
    if (missing.length === 0) return known.map(held);
    await make(world, missing);
    return (await look()).map(held);
  }

  return {
    ofSubjects,
    async ofIds(ids) {
      if (ids.length === 0) return [];
      const rows = await db
        .selectFrom("subject_key")
        .selectAll()
        .where("id", "in", [...ids])
        .execute();
      return rows.map(held);
    },
  };
}
