import { serviceErrors } from "@orrery/service";
import { OrreryError, PLATFORM } from "@orrery/wire";
import { stateErrors } from "../errors.ts";
import { readPointer } from "../value/pointer.ts";
import { BYTES_MOST, type Collection, collection } from "./definition.ts";
import { type SchemaCheck, schemaCheck } from "./schema-check.ts";

/**
 * A collection that is ready to take values. One object stands for it as long as it is there: whoever holds it, a
 * request that waits for its commit among them, sees it as it is defined by then.
 */
export interface ReadyCollection extends Collection {
  readonly check: SchemaCheck;
  readonly indexPaths: readonly IndexPath[];
  /** No pack defines it any more: it takes nothing. */
  readonly gone: boolean;
}

export interface IndexPath {
  readonly slot: number;
  readonly tokens: readonly string[];
}

/** The collections of code, and of each world's pack. */
export interface Registry {
  /** @throws STATE_UNKNOWN_COLLECTION, SERVICE_NOT_READY */
  get(world: string, name: string): ReadyCollection;
  /** By the world that its objects are kept under; what nobody defines any more is kept on standard terms. */
  kept(home: string, name: string): ReadyCollection;
  /** Of a world; of the platform where it is empty. */
  all(world: string): readonly ReadyCollection[];
  knows(world: string): boolean;
  /** Puts these in the place of what worlds' packs defined. @throws STATE_COLLECTIONS_INVALID, and then nothing changes */
  define(packs: ReadonlyMap<string, readonly Collection[]>): void;
  /** A world that has ended: it is known no more. */
  forget(world: string): void;
  hasEnded(world: string): boolean;
  /** A fork that does not see all objects of its parent yet: until it is `formed` nobody reads or writes it. */
  forming(world: string): void;
  formed(world: string): void;
  /** @throws SERVICE_NOT_READY where a world is a fork that is forming */
  checkFormed(world: string): void;
  /** What a world's pack defines. */
  ofPack(world: string): readonly Collection[];
  worlds(): readonly string[];
}

const homeOf = (world: string, { scope }: Collection) => (scope === "platform" ? PLATFORM : world);
const nameIn = (home: string, name: string) => `${home}\u0000${name}`;

/** @throws STATE_COLLECTIONS_INVALID */
export function createRegistry(standard: readonly Collection[]): Registry {
  const shared = new Map(standard.map((own) => [own.name, ready(own)]));
  const packs = new Map<string, readonly Collection[]>();
  /** Those of packs, by home and name. */
  const found = new Map<string, ReadyCollection>();
  const retired = new Map<string, ReadyCollection>();
  const ended = new Set<string>();
  const begun = new Set<string>();
  function checkFormed(world: string): void {
    if (begun.has(world))
      throw new OrreryError(serviceErrors.SERVICE_NOT_READY, { given: `the fork ${world} is being made` });
  }
  const find = (world: string, name: string) =>
    found.get(nameIn(world, name)) ?? found.get(nameIn(PLATFORM, name)) ?? shared.get(name);
  return {
    get(world, name) {
      const own = find(world, name);
      if (own === undefined || (own.scope === "world" && !packs.has(world)))
        throw new OrreryError(stateErrors.STATE_UNKNOWN_COLLECTION, {
          given: `${JSON.stringify(name)} in ${JSON.stringify(world)}`,
        });
      if (own.scope === "world") checkFormed(world);
      return own;
    },
    kept(home, name) {
      const own = shared.get(name) ?? found.get(nameIn(home, name));
      if (own !== undefined) return own;
      const scope = home === PLATFORM ? "platform" : "world";
      const late = retired.get(nameIn(home, name)) ?? { ...ready(collection(name, { scope })), gone: true };
      retired.set(nameIn(home, name), late);
      return late;
    },
    all(world) {
      const own = [...found].filter(
        ([at, { scope, name }]) => scope === "platform" || at === nameIn(world, name),
      );
      return [...shared.values(), ...own.map(([, made]) => made)];
    },
    knows: (world) => packs.has(world),
    worlds: () => [...packs.keys()],
    forget(world) {
      packs.delete(world);
      ended.add(world);
    },
    hasEnded: (world) => ended.has(world),
    forming: (world) => void begun.add(world),
    formed: (world) => void begun.delete(world),
    checkFormed,
    ofPack: (world) => packs.get(world) ?? [],
    define(given) {
      const made = [...given].map(([world, own]) => [world, own.map(ready)] as const);
      for (const [world, own] of made) packs.set(world, own);
      const all = [...packs].flatMap(([world, own]) => own.map((one) => [homeOf(world, one), one] as const));
      const named = new Set(all.map(([home, { name }]) => nameIn(home, name)));
      for (const [name, own] of found) {
        if (named.has(name)) continue;
        Object.assign(own, { gone: true });
        found.delete(name);
      }
      for (const [home, one] of made.flatMap(([world, own]) =>
        own.map((each) => [homeOf(world, each), each] as const),
      )) {
        const name = nameIn(home, one.name);
        const present = found.get(name);
        if (present === undefined) found.set(name, { ...one });
        else Object.assign(present, one);
      }
    },
  };
}

const NAME = /^[a-z0-9-]{1,64}$/;
const INDEXES_MOST = 4;

/** @throws STATE_COLLECTIONS_INVALID */
export function ready(given: Collection): ReadyCollection {
  const paths = given.indexes.map(readPointer).filter((path) => path !== undefined);
  const { versions, days } = given.history;
  const wrong = [
    [!NAME.test(given.name), "the name"],
    [given.maxBytes < 1 || given.maxBytes > BYTES_MOST, `max_bytes ${given.maxBytes}`],
    [given.indexes.length > INDEXES_MOST || paths.length < given.indexes.length, "the indexes"],
    [versions < 0 || versions > 1_000 || days < 0 || days > 3_650, "the history"],
  ].find(([is]) => is);
  if (wrong !== undefined)
    throw new OrreryError(stateErrors.STATE_COLLECTIONS_INVALID, { given: `${given.name}: ${wrong[1]}` });
  const indexPaths = paths.map((tokens, place) => ({ slot: given.indexSlots[place] ?? place, tokens }));
  return { ...given, check: schemaCheck(given), indexPaths, gone: false };
}
