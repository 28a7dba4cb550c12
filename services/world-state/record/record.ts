import {
  PackPart,
  PackRevised,
  type PackSectionInit,
  WorldArchived,
  WorldCreated,
  type WorldRecordInit,
} from "@orrery/schema/world/v1";
import { keepSections, type KeptSections, type Kit, type Part } from "@orrery/service";
import { createFrameWriter, type Codec, type InitOf } from "@orrery/wire";
import type { Kysely, Transaction } from "kysely";

export interface RecordRow {
  readonly world: string;
  readonly made_key: string;
  readonly seed: string;
  readonly rate: number;
  readonly made_ms: number;
  readonly pack_id: string;
  readonly pack_digest: string;
  readonly pack_revision: number;
  /** JSON: of what it consists, and where each section is said. */
  readonly sections: string;
  /** Of what is said of the world: its beginning first, a revision each after it. */
  readonly publisher: string;
  /** Of the last of them. */
  readonly sequence: number;
}

interface RecordTables {
  world_record: RecordRow;
}

export interface Records {
  /** Sections that may be named. */
  readonly sections: KeptSections;
  get(world: string): Promise<RecordRow | undefined>;
  /**
   * Writes down and says, both or neither. Resolves when the bus has it.
   * @param write is false where somebody else was first: nothing is said then
   * @returns whether it was written
   */
  say(
    write: (tx: Transaction<RecordTables>) => Promise<boolean>,
    frames: readonly Uint8Array[],
  ): Promise<boolean>;
}

/** A small pack may travel within a fork's beginning; with a part of one in it. */
const FRAME_MAX_BYTES = 1024 * 1024;

/** What worlds there are, in SQL. */
export const record: Part<Records> = {
  name: "record",
  publishes: [PackPart, WorldCreated, PackRevised, WorldArchived],
  subscribes: [],
  async start(kit) {
    const db: Kysely<RecordTables> = kit.store.as<RecordTables>();
    return {
      handle: {
        sections: keepSections(kit.store),
        get: (world) =>
          db.selectFrom("world_record").selectAll().where("world", "=", world).executeTakeFirst(),
        async say(write, frames) {
          const ids = await db.transaction().execute(async (tx) => {
            if (!(await write(tx))) return undefined;
            return kit.outbox.put(tx as never, frames);
          });
          if (ids === undefined) return false;
          // Parts first: one after the other, as a start sends what a crash left.
          for (const [at, frame] of frames.entries()) await kit.outbox.send(ids.slice(at, at + 1), [frame]);
          return true;
        },
      },
      async stop() {},
    };
  },
};

/** One event of a world as a frame. */
export function frameOf<C extends Codec>(
  kit: Pick<Kit, "service" | "fingerprint">,
  { world, publisher, sequence, timeMs }: Said,
  codec: C,
  event: InitOf<C>,
): Uint8Array {
  const head = {
    publisher,
    source: kit.service,
    world,
    fingerprint: kit.fingerprint,
    firstSequence: sequence,
  };
  const writer = createFrameWriter({ ...head, lane: "standard" }, { maxBytes: FRAME_MAX_BYTES });
  writer.append(codec, event, { timeMs });
  return writer.finish();
}

export interface Said {
  readonly world: string;
  readonly publisher: string;
  readonly sequence: number;
  readonly timeMs: number;
}

export const shownRecord = (row: RecordRow): WorldRecordInit => ({
  worldId: row.world,
  seed: row.seed,
  rate: row.rate,
  madeMs: row.made_ms,
  packId: row.pack_id,
  packDigest: row.pack_digest,
  packRevision: row.pack_revision,
  sectionDigests: sectionsIn(row).map(({ digest }) => digest ?? ""),
});

export const sectionsIn = ({ sections }: RecordRow): PackSectionInit[] =>
  JSON.parse(sections) as PackSectionInit[];

/** As a record keeps them: a fork's are where its parent's journal has them. */
export const sectionsText = (all: readonly PackSectionInit[]): string =>
  JSON.stringify(
    all.map(({ section, digest, bytes, parts, publisher, first, world = "" }) => ({
      ...{ section, digest, bytes, parts },
      ...{ publisher, first, world },
    })),
  );
