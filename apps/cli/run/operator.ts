import type { Bus } from "@orrery/bus";
import { heldProblems, packErrors, packRefused, type ReadPack, readPack, watchPack } from "@orrery/pack";
import { WorldService } from "@orrery/schema/bus/v1";
import { fingerprint } from "@orrery/schema/registry";
import { StateService } from "@orrery/schema/state/v1";
import { type Pack, PackPart, PackRevised, WorldArchived, WorldCreated } from "@orrery/schema/world/v1";
import { type Clock, type Directory, type Logger, PART_BYTES } from "@orrery/service";
import { createFrameWriter, type Codec, type InitOf, isError, OrreryError, PLATFORM } from "@orrery/wire";
import { join } from "node:path";
import { ROOT } from "../root.ts";
import { cliErrors } from "../errors.ts";
import { sayPack } from "./say-pack.ts";
import { taken } from "./service-names.ts";
import { isInBook, type WorldBook, type WorldEntry } from "./world-book.ts";

/** What may come from outside the services of a process: said by the operator, or by a service that is not among them. */
export const OPERATOR_TYPES = [
  PackPart.typeName,
  WorldCreated.typeName,
  WorldArchived.typeName,
  PackRevised.typeName,
  "time.v1.TimerRequested",
  "time.v1.TimerCancelled",
];

/** With a part of a pack in it. */
const FRAME_MAX_BYTES = 2 * PART_BYTES;

export interface NewWorld {
  readonly id: string;
  readonly pack: string;
  readonly seed: string;
  /** Game seconds per real second, 0.1..36,000. */
  readonly rate: number;
}

export interface Operator {
  /** Makes the world if it is not there, and says so if its pack has changed. @throws CLI_NAME_TAKEN */
  ensure(world: NewWorld): Promise<WorldEntry>;
  /** Takes up edits of a world's pack while it runs. @returns stops it */
  follow(world: string): () => void;
}

/**
 * Whether new worlds could be made of their packs: found out before anything is started.
 * @throws PACK_NOT_FOUND, PACK_REFUSED, CLI_NAME_TAKEN
 */
export async function checkPacks(data: string, worlds: readonly NewWorld[]): Promise<void> {
  for (const { id } of worlds) checkWorldId(id);
  // A world that is there already runs on with the pack it has.
  for (const { id, pack } of worlds) if (!isInBook(data, id)) await readPack(packFolder(pack));
}

function checkWorldId(id: string): void {
  if (id === PLATFORM) taken(`${id}: what belongs to no world is said under that name`);
}

/** @throws BUS_WORLD_ENDED */
export async function checkGoingOn(directory: Directory, worlds: readonly NewWorld[]): Promise<void> {
  const caller = { role: "admin", id: "operator", scopes: [] } as const;
  const { ended } = await directory.client(WorldService, caller).listForks({});
  for (const { id } of worlds) {
    const found = ended.find(({ worldId }) => worldId === id);
    if (found === undefined) continue;
    const how = found.deleted ? "deleted" : "archived";
    throw new OrreryError(cliErrors.CLI_WORLD_ENDED, { given: `${id} was ${how}` });
  }
}

export function packFolder(pack: string): string {
  return join(ROOT, "worlds", pack);
}

/** Speaks for whoever runs Orrery: that a world exists, and what it is made of. */
export function createOperator(
  bus: Bus,
  book: WorldBook,
  clock: Clock,
  log: Logger,
  directory: Directory,
  tell: (words: string) => void = () => {},
): Operator {
  const state = directory.client(StateService, { role: "admin", id: "operator", scopes: [] });

  /**
   * Asks whether what the world holds fits the pack. Whoever keeps it decides again when it hears of the edit: a
   * question that finds no answer holds nothing up.
   * @throws PACK_REFUSED with file and line
   */
  async function fits(entry: WorldEntry, read: ReadPack): Promise<void> {
    const { collections } = read.pack;
    const asked = { worldId: entry.id, packId: entry.pack, collections };
    const answer = await state.checkCollections(asked).catch((error: unknown) => {
      log.debug({ err: error }, "nobody said whether the pack's collections fit what is held");
      return { refusals: [] };
    });
    const problems = heldProblems(read, answer.refusals);
    if (problems.length > 0) throw packRefused(packFolder(entry.pack), problems);
  }

  async function send<C extends Codec>(
    world: string,
    publisher: string,
    firstSequence: number,
    codec: C,
    event: InitOf<C>,
  ): Promise<void> {
    const head = {
      publisher,
      source: "operator",
      world,
      lane: "standard",
      fingerprint,
      firstSequence,
    } as const;
    const writer = createFrameWriter(head, { maxBytes: FRAME_MAX_BYTES });
    writer.append(codec, event, { timeMs: clock.now() });
    await bus.send(writer.finish());
  }

  /** Written down once it is sent, and sent again with the same identity until it is. */
  async function say<C extends Codec>(entry: WorldEntry, codec: C, event: InitOf<C>): Promise<void> {
    await send(entry.id, entry.publisher, entry.nextSequence, codec, event);
    book.put({ ...entry, nextSequence: entry.nextSequence + 1 });
  }

  const sections = (world: string, pack: Pack, before: readonly string[]) =>
    sayPack(world, pack, new Set(before), (publisher, sequence, part) =>
      send(world, publisher, sequence, PackPart, part),
    );

  async function revise(entry: WorldEntry, read: ReadPack): Promise<void> {
    const { pack, digest } = read;
    if (digest === entry.packDigest) return;
    await fits(entry, read);
    const said = await sections(entry.id, pack, entry.packSections);
    const packSections = said.map((one) => one.digest ?? "");
    const packRevision = entry.packRevision + 1;
    const revised = { ...entry, packDigest: digest, packRevision, packSections };
    await say(revised, PackRevised, { packId: entry.pack, revision: packRevision, sections: said });
    tell(`${entry.id}: the pack's edit is taken up, revision ${revised.packRevision}.`);
    log.info({ world: entry.id, revision: revised.packRevision }, "the pack's edit is taken up");
  }

  return {
    async ensure({ id, pack: packId, seed, rate }) {
      checkWorldId(id);
      const known = book.get(id);
      const read = await readPack(packFolder(known?.pack ?? packId));
      if (known !== undefined) {
        await revise(known, read).catch((error: unknown) => {
          if (!isError(error, packErrors.PACK_REFUSED)) throw error;
          // The world goes on as it was.
          log.warn(error.message);
        });
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
        packSections: [],
        publisher,
        nextSequence: 1,
      };
      const atGs = read.pack.calendar?.startGs ?? 0;
      const said = await sections(id, read.pack, []);
      const made = { ...entry, packSections: said.map((one) => one.digest ?? "") };
      await say(made, WorldCreated, { atGs, worldId: id, seed, epochMs: now, rate, sections: said });
      return book.get(id) ?? made;
    },
    follow(world) {
      const entry = book.get(world);
      if (entry === undefined) return () => {};
      return watchPack(
        packFolder(entry.pack),
        (read) => revise(book.get(world) ?? entry, read),
        (error) =>
          error instanceof OrreryError
            ? log.warn(error.message)
            : log.error({ err: error }, "the pack's edit could not be taken up"),
        { known: entry.packDigest },
      );
    },
  };
}
