import type { StreamConfig } from "@nats-io/jetstream";
import { OrreryError } from "@orrery/wire";
import { apiCode, type Connection, messageOf } from "./connection.ts";
import { busNatsErrors } from "./errors.ts";
import type { Names } from "./names.ts";
import type { Resolved } from "./options.ts";
import { amends, createStreamConfigs, type Wanted } from "./stream-config.ts";

const NAME_TAKEN = 10_058;
/** The servers that answer are too few, or have too little room, for so many copies. */
const NO_PLACE = [10_005, 10_074, 10_023];
const NOT_FOUND = 10_059;

/** What came of looking after the streams once. */
export interface Looked {
  /** That were missing and were made again. */
  readonly made: readonly string[];
  /** That are not what they must be and could not be put back: a sentence each. */
  readonly wrong: readonly string[];
}

/** The streams of a deployment: one per world, and three for retries, dead letters and records. */
export interface Streams {
  /** Once per process and world. */
  ensureWorld(world: string): Promise<void>;
  /** Names of every world's stream that exists. */
  worlds(): Promise<string[]>;
  /** Sets a stream apart from another that had its name before: places in one mean nothing in the other. */
  incarnation(stream: string): Promise<string>;
  /** A publish found no stream: look again next time. */
  forget(world: string): void;
  /** Makes what is missing of the three and of the worlds this process publishes to, and puts back what was edited. */
  look(): Promise<Looked>;
  /** Copies that a stream of this deployment has: of the one with the fewest. */
  copies(): Promise<number>;
}

export async function openStreams(
  { nc, jsm }: Connection,
  names: Names,
  options: Resolved,
): Promise<Streams> {
  const ensured = new Map<string, Promise<void>>();
  const configs = createStreamConfigs(names, options);

  async function find(name: string): Promise<StreamConfig | undefined> {
    try {
      return (await jsm.streams.info(name)).config;
    } catch (error) {
      if (apiCode(error) === NOT_FOUND) return undefined;
      throw error;
    }
  }

  async function add(wanted: Wanted): Promise<void> {
    try {
      await jsm.streams.add(wanted);
    } catch (error) {
      // Somebody made it meanwhile, with other limits perhaps: theirs stand.
      if (apiCode(error) === NAME_TAKEN) return;
      if (NO_PLACE.includes(apiCode(error) ?? 0))
        throw new OrreryError(busNatsErrors.NATS_REPLICAS, {
          given: `${wanted.name}, ${options.replicas} copies: ${messageOf(error)}`,
          cause: error,
        });
      throw error;
    }
  }

  async function amend(found: StreamConfig, wanted: Wanted): Promise<void> {
    const change = amends(found, wanted);
    if (change !== undefined) await jsm.streams.update(wanted.name, change);
  }

  async function makeWorld(world: string): Promise<void> {
    const wanted = configs.world(world);
    const found = await find(wanted.name);
    if (found !== undefined) return amend(found, wanted);
    await add(wanted);
    nc.publish(names.newWorld);
  }

  async function lookAt(wanted: Wanted, made: string[], wrong: string[]): Promise<void> {
    const found = await find(wanted.name);
    if (found === undefined) {
      await add(wanted);
      made.push(wanted.name);
      return;
    }
    try {
      await amend(found, wanted);
    } catch (error) {
      wrong.push(`stream ${wanted.name} is not as it must be and cannot be put back: ${messageOf(error)}`);
    }
    if (found.sealed === true)
      wrong.push(`stream ${wanted.name} is sealed: nothing can be written to it; make it anew`);
  }

  async function worlds(): Promise<string[]> {
    const found: string[] = [];
    for await (const name of jsm.streams.names(names.worlds)) found.push(name);
    return found.sort();
  }

  for (const wanted of configs.base) {
    const found = await find(wanted.name);
    if (found === undefined) await add(wanted);
    else
      await amend(found, wanted).catch((cause: unknown) => {
        throw new OrreryError(busNatsErrors.NATS_STREAM, {
          given: `${wanted.name}: ${messageOf(cause)}`,
          cause,
        });
      });
  }

  return {
    ensureWorld(world) {
      const known = ensured.get(world);
      if (known !== undefined) return known;
      const making = makeWorld(world);
      ensured.set(world, making);
      making.catch(() => ensured.delete(world));
      return making;
    },
    worlds,
    async incarnation(stream) {
      const { created } = await jsm.streams.info(stream);
      return `${stream}@${created}`;
    },
    forget: (world) => void ensured.delete(world),
    async look() {
      const [made, wrong]: [string[], string[]] = [[], []];
      for (const wanted of configs.base) await lookAt(wanted, made, wrong);
      for (const world of ensured.keys()) await lookAt(configs.world(world), made, wrong);
      if (made.some((name) => name.startsWith(`${names.prefix}-world-`))) nc.publish(names.newWorld);
      return { made, wrong };
    },
    async copies() {
      let least = Infinity;
      for (const name of [...configs.base.map((wanted) => wanted.name), ...(await worlds())])
        least = Math.min(least, (await find(name))?.num_replicas ?? Infinity);
      return least;
    },
  };
}
