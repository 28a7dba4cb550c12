import type { Bus } from "@orrery/bus";
import { type ReadPack, readPack, watchPack } from "@orrery/pack";
import { fingerprint } from "@orrery/schema/registry";
import { PackRevised, WorldCreated } from "@orrery/schema/world/v1";
import type { Clock, Logger } from "@orrery/service";
import { createFrameWriter, type Codec, type InitOf } from "@orrery/wire";
import { join } from "node:path";
import { ROOT } from "../root.ts";
import type { WorldBook, WorldEntry } from "./world-book.ts";

/** What the operator publishes: the types that no service of this process says. */
export const OPERATOR_TYPES = [
  WorldCreated.typeName,
  PackRevised.typeName,
  "time.v1.TimerRequested",
  "time.v1.TimerCancelled",
];

/** A pack may be large: it travels in one event. */
const FRAME_MAX_BYTES = 1024 * 1024;

export interface NewWorld {
  readonly id: string;
  readonly pack: string;
  readonly seed: string;
  /** Game seconds per real second, 0.1..36,000. */
  readonly rate: number;
}

export interface Operator {
  /** Makes the world if it is not there, and says so if its pack has changed. */
  ensure(world: NewWorld): Promise<WorldEntry>;
  /** Takes up edits of a world's pack while it runs. @returns stops it */
  follow(world: string): () => void;
}

export function packFolder(pack: string): string {
  return join(ROOT, "worlds", pack);
}

/** Speaks for whoever runs Orrery: that a world exists, and what it is made of. */
export function createOperator(bus: Bus, book: WorldBook, clock: Clock, log: Logger): Operator {
  /** Written down before it is sent, with the same identity when it is sent again. */
  async function say<C extends Codec>(entry: WorldEntry, codec: C, event: InitOf<C>): Promise<void> {
    const writer = createFrameWriter(
      {
        publisher: entry.publisher,
        source: "operator",
        world: entry.id,
        lane: "standard",
        fingerprint,
        firstSequence: entry.nextSequence,
      },
      { maxBytes: FRAME_MAX_BYTES },
    );
    writer.append(codec, event, { timeMs: clock.now() });
    await bus.send(writer.finish());
    book.put({ ...entry, nextSequence: entry.nextSequence + 1 });
  }

  async function revise(entry: WorldEntry, { pack, digest }: ReadPack): Promise<void> {
    if (digest === entry.packDigest) return;
    const revised = { ...entry, packDigest: digest, packRevision: entry.packRevision + 1 };
    await say(revised, PackRevised, { packId: entry.pack, revision: revised.packRevision, pack });
    log.info({ world: entry.id, revision: revised.packRevision }, "the pack's edit is taken up");
  }

  return {
    async ensure({ id, pack: packId, seed, rate }) {
      const known = book.get(id);
      const read = await readPack(packFolder(known?.pack ?? packId));
      if (known !== undefined) {
        await revise(known, read);
        return book.get(id) ?? known;
      }
      const now = clock.now();
      const publisher = `operator/${id}/${Math.floor(now).toString(36)}`;
      const entry: WorldEntry = {
        id,
        seed,
        rate,
        pack: packId,
        packDigest: read.digest,
        packRevision: 0,
        publisher,
        nextSequence: 1,
      };
      const atGs = read.pack.calendar?.startGs ?? 0;
      await say(entry, WorldCreated, { atGs, worldId: id, seed, epochMs: now, rate, pack: read.pack });
      return book.get(id) ?? entry;
    },
    follow(world) {
      const entry = book.get(world);
      if (entry === undefined) return () => {};
      return watchPack(
        packFolder(entry.pack),
        (read) =>
          void revise(book.get(world) ?? entry, read).catch((error: unknown) =>
            log.error({ err: error }, "the pack's edit could not be said"),
          ),
        (error) => log.warn(error instanceof Error ? error.message : String(error)),
        { known: entry.packDigest },
      );
    },
  };
}
