import { keepSections, type Kit, type Running } from "@orrery/service";
import type { Aggregate } from "./aggregate.ts";
import { incarnationOf } from "./begin.ts";
import { createComingAndGoing } from "./come-and-go.ts";
import { type Commands, createCommands } from "./commands.ts";
import { loadEnded } from "./ended.ts";
import { loadGivenUp } from "./given-up.ts";
import { type InHand, writtenOf } from "./in-hand.ts";
import type { Keeping } from "./keeping.ts";
import { createLeading } from "./lead.ts";
import { createLease } from "./lease.ts";
import { createLongInputs } from "./long-inputs.ts";
import { createMending } from "./mending.ts";
import { createPlatformTaking } from "./platform/taking.ts";
import { startTicking } from "./platform/ticking.ts";
import type { Handlers } from "./shard.ts";
import type { Gather } from "./sharding/gather.ts";
import type { ShardCounts } from "./sharding/counts.ts";
import { partOf, shardIn, UNNAMED } from "./sharding/names.ts";
import type { Turn } from "./sharding/sharing.ts";
import type { AnyState } from "./state/state.ts";
import { createTakingIn, type TakingIn } from "./take-in.ts";
import type { Written } from "./written.ts";

/** One shard of each world, of those that this process is the writer of. */
export interface ShardWorlds<S extends AnyState = any, D = any> {
  /** Which one, from 0. */
  readonly shard: number;
  ids(): readonly string[];
  /** Whether it is here: a world may be unknown yet, stand still, or have ended. */
  has(world: string): boolean;
  /** The state, to read only. @throws WORLD_UNKNOWN, WORLD_NOT_OURS */
  state(world: string): S;
  /** What follows from the state, to read only. @throws as `state` */
  derived(world: string): D;
  /** Place in the commit order, to tell what a read has seen: publisher and last sequence by lane. */
  marks(
    world: string,
  ): readonly { readonly lane: number; readonly publisher: string; readonly sequence: number }[];
  readonly command: Commands;
  /** Called after each input that a world took in, before its commit; for drivers and samplers. @returns how to stop it */
  onChange(listener: (world: string) => void): () => void;
  /** Called when a world was archived or deleted: nobody holds it any more. @returns how to stop it */
  onEnd(listener: (world: string) => void): () => void;
  /**
   * Resolves once nothing of the world waits for a commit: what is read right then is durable.
   * @throws WORLD_UNKNOWN, WORLD_NOT_OURS also when its last commit was refused
   */
  settled(world: string): Promise<void>;
  /**
   * Resolves once all that the world took in so far is committed, whatever it takes in meanwhile.
   * @throws as `settled`
   */
  committed(world: string): Promise<void>;
  /**
   * The state is in the store as it is about now once it resolves: who begins with it has little to handle again.
   * @returns whether there was anything to do
   * @throws WORLD_UNKNOWN, WORLD_NOT_OURS
   */
  cut(world: string): Promise<boolean>;
  /** Whether this process is the writer. */
  readonly active: boolean;
}

type Listeners = Set<(world: string) => void>;

const tell = (listeners: Listeners, world: string) => {
  for (const listener of listeners) listener(world);
};

/**
 * The worlds of an aggregate, as far as this process is the writer of their shards. Where each has one shard, that is all of a
 * world or nothing.
 */
export interface Worlds<S extends AnyState = any, D = any>
  extends Omit<ShardWorlds<S>, "shard" | "state" | "derived" | "onChange" | "onEnd" | "cut">,
    Gather {
  /** One for each shard that a world may have, by its number. */
  readonly shards: readonly ShardWorlds<S, D>[];
  /** Of a shard that is here, to read only. @param shard default: the first @throws WORLD_UNKNOWN, WORLD_NOT_OURS */
  state(world: string, shard?: number): S;
  /** What follows from that state, to read only. @throws as `state` */
  derived(world: string, shard?: number): D;
  /** The state that has a key. @throws WORLD_UNKNOWN, WORLD_NOT_OURS where it is not here */
  of(world: string, key: string): S;
  onChange(listener: (world: string, shard: number) => void): () => void;
  onEnd(listener: (world: string, shard: number) => void): () => void;
}

/** What a writer is started with, besides what its service gives. */
export interface WriterTerms<S extends AnyState> {
  readonly aggregate: Aggregate<S>;
  readonly handlers: Handlers;
  readonly shard: number;
  readonly counts: ShardCounts;
  readonly codeVersion: string;
  /** Whether it is this process's turn to be the writer. */
  readonly turn: Turn;
}

/** Keeps one shard of each world, as their writer or ready to become it. */
export async function startWorlds<S extends AnyState>(
  kit: Kit,
  { aggregate, handlers, shard, counts, codeVersion, turn }: WriterTerms<S>,
): Promise<Running<ShardWorlds<S>>> {
  const part = partOf(aggregate.name, shard);
  const sections = keepSections(kit.store);
  const wholes = { openMessage: kit.personal.openMessage, section: sections.section };
  const keeping = { kit, part, counts, aggregate, handlers, codeVersion, sections, wholes };
  const stopping = new AbortController();
  const changes: Listeners = new Set();
  const ends: Listeners = new Set();
  const hand = await openHand(keeping, stopping.signal, changes);
  /** What they took in was refused by the store, and goes with them: another process is the writer. */
  const refused = new WeakSet<Written>();
  const taking = createTakingIn(hand, (written) => refused.has(written));
  const platform = createPlatformTaking(hand, taking);
  const comingAndGoing = createComingAndGoing(hand, taking, platform, (world) => tell(ends, world));
  const leading = createLeading(hand, taking, comingAndGoing, platform, turn, (written) =>
    refused.add(written),
  );
  const whose = aggregate.shards.most === 1 && aggregate.name === UNNAMED ? "" : ` of ${part}`;
  kit.health.add({ name: `writer${whose}`, kind: "dependency", ask: leading.problem });
  kit.health.add({ name: `worlds${whose}`, kind: "notice", ask: () => hand.parked?.problem() });
  await leading.start();
  const handle = handleOf<S>(hand, taking, changes, ends);
  const ticking = aggregate.ticks && startTicking(kit, handle, aggregate.ticks);
  turn.taken(leading);
  return {
    handle,
    async stop() {
      await ticking?.stop();
      stopping.abort();
      await leading.stop();
    },
  };
}

async function openHand(keeping: Keeping, stopping: AbortSignal, changes: Listeners): Promise<InHand> {
  const { kit, part } = keeping;
  const lease = createLease(kit.store, `${kit.service}/${part}`, kit.instance, kit.clock);
  const refusals = kit.metrics.counter(
    "orrery_inputs_refused_total",
    "Events and commands that handlers refused",
    ["type"],
  );
  const hand: InHand = {
    keeping,
    lease,
    stopping,
    worlds: new Map(),
    ended: await loadEnded(kit, part),
    mending: createMending({
      keeping,
      stopping,
      written: async (written) => hand.committer?.written(written),
      incarnation: () => incarnationOf(kit),
    }),
    committer: undefined,
    parked: undefined,
    givenUp: await loadGivenUp(kit, part, lease),
    changed: (world) => tell(changes, world),
    took: createLongInputs(kit),
    refused: (type) => refusals(1, { type }),
  };
  return hand;
}

function handleOf<S extends AnyState>(
  hand: InHand,
  taking: TakingIn,
  changes: Listeners,
  ends: Listeners,
): ShardWorlds<S> {
  const { keeping, worlds, mending } = hand;
  const listening = (listeners: Listeners, listener: (world: string) => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  return {
    shard: shardIn(keeping.part),
    ids: () => [...worlds.keys()],
    has: (world) => hand.committer !== undefined && worlds.has(world),
    get active() {
      return hand.committer !== undefined;
    },
    cut: async (world) => (await hand.committer?.cut(writtenOf(hand, world))) ?? false,
    committed: async (world) => taking.committed(writtenOf(hand, world), false),
    async settled(world) {
      let written = writtenOf(hand, world);
      for (
        ;
        written.shard.pending.length > 0 || hand.committer?.busy(written);
        written = writtenOf(hand, world)
      )
        await hand.committer?.commit(written);
      taking.checkOurs(written);
    },
    state: (world) => writtenOf(hand, world).shard.state as S,
    derived: (world) => writtenOf(hand, world).shard.derived,
    marks: (world) =>
      writtenOf(hand, world).shard.progress.streams.map(({ lane, publisher, nextSequence }) => ({
        lane,
        publisher,
        sequence: nextSequence - 1,
      })),
    onChange(listener) {
      const stop = listening(changes, listener);
      for (const world of worlds.keys()) listener(world);
      return stop;
    },
    onEnd: (listener) => listening(ends, listener),
    command: createCommands({
      kit: keeping.kit,
      handlers: keeping.handlers,
      written: (world) => writtenOf(hand, world),
      changed: hand.changed,
      took: hand.took,
      commit: async (written, answer) => hand.committer?.commit(written, answer),
      whole: mending.whole,
      failed(written, method) {
        hand.refused(method);
        mending.begin(written);
      },
    }),
  };
}
