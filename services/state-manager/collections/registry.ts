import { OrreryError } from "@orrery/wire";
import { stateErrors } from "../errors.ts";
import { readPointer } from "../value/pointer.ts";
import { BYTES_MOST, type Collection } from "./definition.ts";
import { type SchemaCheck, schemaCheck } from "./schema-check.ts";

/** A collection that is ready to take values. */
export interface ReadyCollection extends Collection {
  readonly check: SchemaCheck;
  readonly indexPaths: readonly (readonly string[])[];
}

/** The collections of code, and of each world's pack. */
export interface Registry {
  /** @throws STATE_UNKNOWN_COLLECTION */
  get(world: string, name: string): ReadyCollection;
  /** Of a world; of the platform where it is empty. */
  all(world: string): readonly ReadyCollection[];
  knows(world: string): boolean;
  /** Replaces what a world's pack defines. @throws STATE_COLLECTIONS_INVALID */
  define(world: string, collections: readonly Collection[]): void;
  worlds(): readonly string[];
}

export const PLATFORM = "platform";

/** @throws STATE_COLLECTIONS_INVALID */
export function createRegistry(standard: readonly Collection[]): Registry {
  const shared = new Map(standard.map((own) => [own.name, ready(own)]));
  const worlds = new Map<string, ReadonlyMap<string, ReadyCollection>>();
  return {
    get(world, name) {
      const found = worlds.get(world)?.get(name) ?? shared.get(name);
      if (found === undefined || (found.scope === "world" && !worlds.has(world)))
        throw new OrreryError(stateErrors.STATE_UNKNOWN_COLLECTION, {
          given: `${JSON.stringify(name)} in ${JSON.stringify(world)}`,
        });
      return found;
    },
    all: (world) => [...new Map([...shared, ...(worlds.get(world) ?? [])]).values()],
    knows: (world) => worlds.has(world),
    worlds: () => [...worlds.keys()],
    define(world, collections) {
      const own = collections.map(ready);
      for (const { name, scope } of own) {
        const wrong = shared.has(name)
          ? "is a standard collection"
          : scope === "platform" && "belongs to the platform";
        if (wrong)
          throw new OrreryError(stateErrors.STATE_COLLECTIONS_INVALID, {
            given: `${name} of ${world} ${wrong}`,
          });
      }
      worlds.set(world, new Map(own.map((made) => [made.name, made])));
    },
  };
}

const NAME = /^[a-z0-9-]{1,64}$/;
const INDEXES_MOST = 4;

function ready(given: Collection): ReadyCollection {
  const indexPaths = given.indexes.map(readPointer).filter((path) => path !== undefined);
  const { versions, days } = given.history;
  const wrong = [
    [!NAME.test(given.name), "the name"],
    [given.maxBytes < 1 || given.maxBytes > BYTES_MOST, `max_bytes ${given.maxBytes}`],
    [given.indexes.length > INDEXES_MOST || indexPaths.length < given.indexes.length, "the indexes"],
    [versions < 0 || versions > 1_000 || days < 0 || days > 3_650, "the history"],
  ].find(([is]) => is);
  if (wrong !== undefined)
    throw new OrreryError(stateErrors.STATE_COLLECTIONS_INVALID, { given: `${given.name}: ${wrong[1]}` });
  return { ...given, check: schemaCheck(given), indexPaths };
}
