import { randomUUID } from "node:crypto";
import { heldProblems, packErrors, packRefused, type ReadPack, readPack, watchPack } from "@orrery/pack";
import { WorldService } from "@orrery/schema/bus/v1";
import { StateService } from "@orrery/schema/state/v1";
import {
  PackPart,
  PackRevised,
  WorldArchived,
  WorldCreated,
  WorldService as WorldRecordService,
} from "@orrery/schema/world/v1";
import { type Clock, type Directory, errorCodeOf, isNotStarted, type Logger } from "@orrery/service";
import { isError, OrreryError, PLATFORM } from "@orrery/wire";
import { join } from "node:path";
import { ROOT } from "../root.ts";
import { cliErrors } from "../errors.ts";
import { putPack } from "./put-pack.ts";
import { taken } from "./service-names.ts";
import { isInBook, type WorldBook, type WorldEntry } from "./world-book.ts";

/** What may come from outside the services of a process: said by a service that is not among them. */
export const OPERATOR_TYPES = [
  PackPart.typeName,
  WorldCreated.typeName,
  WorldArchived.typeName,
  PackRevised.typeName,
  "time.v1.TimerRequested",
  "time.v1.TimerCancelled",
];

/** What who has the records of worlds answers of one that was never made. */
const NO_RECORD = "WORLD_NO_RECORD";

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
  book: WorldBook,
  clock: Clock,
  log: Logger,
  directory: Directory,
  tell: (words: string) => void = () => {},
): Operator {
  const caller = { role: "admin", id: "operator", scopes: [] } as const;
  const state = directory.client(StateService, caller);
  const records = directory.client(WorldRecordService, caller);

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

  const recordOf = (worldId: string) =>
    records.getWorldRecord({ worldId }).catch((error: unknown) => {
      if (errorCodeOf(error) === NO_RECORD) return undefined;
      throw error;
    });

  async function revise(entry: WorldEntry, read: ReadPack): Promise<void> {
    const record = await recordOf(entry.id);
    const { pack, digest } = read;
    if (record === undefined || digest === record.packDigest) return;
    await fits(entry, read);
    const sections = await putPack(records, pack, record.sectionDigests);
    const asked = { worldId: entry.id, packId: entry.pack, packDigest: digest, sections };
    const { packRevision } = await records.revisePack({ ...asked, idempotencyKey: randomUUID() });
    tell(`${entry.id}: the pack's edit is taken up, revision ${packRevision}.`);
    log.info({ world: entry.id, revision: packRevision }, "the pack's edit is taken up");
  }

  async function make({ id, seed, rate, pack: packId }: NewWorld, { pack, digest }: ReadPack): Promise<void> {
    const sections = await putPack(records, pack, []);
    await records.createWorld({
      ...{ worldId: id, idempotencyKey: randomUUID(), seed, rate, epochMs: clock.now() },
      ...{ atGs: pack.calendar?.startGs ?? 0, packId, packDigest: digest, sections },
    });
  }

  return {
    async ensure(world) {
      const { id } = world;
      checkWorldId(id);
      const known = book.get(id);
      const entry = known ?? { id, pack: world.pack, seed: world.seed, rate: world.rate };
      const read = await readPack(packFolder(entry.pack));
      try {
        if ((await recordOf(id)) === undefined) await make(entry, read);
        else await revise(entry, read);
      } catch (error) {
        const goesOn =
          isError(error, packErrors.PACK_REFUSED) || (known !== undefined && isNotStarted(error));
        if (!goesOn) throw error;
        // The world goes on as it was.
        log.warn((error as Error).message);
      }
      book.put(entry);
      return entry;
    },
    follow(world) {
      const entry = book.get(world);
      if (entry === undefined) return () => {};
      return watchPack(
        packFolder(entry.pack),
        (read) => revise(entry, read),
        (error) =>
          error instanceof OrreryError
            ? log.warn(error.message)
            : log.error({ err: error }, "the pack's edit could not be taken up"),
      );
    },
  };
}
