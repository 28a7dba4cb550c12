import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Lane, OrreryError } from "@orrery/wire";
import { type Clock, systemClock } from "../clock.ts";
import { busErrors } from "../errors.ts";
import { type FrameHead } from "@orrery/wire";
import { frameHead } from "../head.ts";
import { type Log, type Observe, unlogged, unobserved } from "../observe.ts";
import { messageOf } from "../retry.ts";
import type { Features, SubscriptionSpec, Transport } from "../transport.ts";
import { createBarriers, noteBarriers } from "./barriers.ts";
import { createEmbeddedConsumer, type EmbeddedConsumer } from "./consumer.ts";
import { createDeadLetters } from "./dead-letters.ts";
import { createDelays } from "./delays.ts";
import { type Disk, realDisk } from "./disk.ts";
import { createForgetting } from "./forget.ts";
import { openGroups } from "./groups.ts";
import { readLag } from "./lag.ts";
import { type LaneLog, openLaneLog } from "./lane-log.ts";
import type { Damage } from "./log-record.ts";
import { createMembership } from "./membership.ts";
import { openPartitions } from "./partitions.ts";
import { prune } from "./prune.ts";
import { createRequeuedFrames } from "./requeued.ts";
import { takeSlot } from "./slot.ts";
import { createTopology } from "./topology.ts";

export interface EmbeddedOptions {
  /** Folder of the log; made if absent. Several processes may use one. */
  readonly dir: string;
  /** Refuse to share the folder: the second process gets `BUS_FOLDER_TAKEN`. Default false. */
  readonly exclusive?: boolean;
  readonly clock?: Clock;
  readonly log?: Log;
  readonly observe?: Observe;
  /** After a process dies, its share of a subscription moves within this time. Default 6. */
  readonly leaseSeconds?: number;
  /** Default 64 MiB. */
  readonly segmentBytes?: number;
  /** Frames kept in memory per lane for this process's readers, bytes. Default 8 MiB. */
  readonly recentBytes?: number;
  /** How often other processes' files are looked at, besides being watched, ms. Default 100. */
  readonly pollMs?: number;
  /** How often passed segments are deleted, ms. Default 30,000. */
  readonly pruneMs?: number;
  readonly disk?: Disk;
  /** Told of every part of the log that could not be read, besides the log line. */
  readonly damaged?: (damage: Damage) => void;
}

const TELL_AGAIN_MS = 10_000;
const MEBIBYTE = 1024 * 1024;
const LANES: readonly Lane[] = ["realtime", "standard", "bulk"];
/** Shares that an unordered subscription's frames are cut in: at most so many members work. */
const BUCKETS = 8;
/** A day: longer pauses belong to a timer. */
const LONGEST_DELAY_MS = 86_400_000;

/**
 * The default transport: an append-only log and a groups file in one folder, for one process or several, with
 * no broker to run.
 */
export function openEmbeddedTransport(options: EmbeddedOptions): Transport {
  const { dir } = options;
  const clock = options.clock ?? systemClock;
  const log = options.log ?? unlogged;
  const observe = options.observe ?? unobserved;
  const disk = options.disk ?? realDisk;
  const leaseSeconds = options.leaseSeconds ?? 6;
  const leaseMs = leaseSeconds * 1000;
  const features: Features = {
    name: "embedded",
    durable: true,
    orderedByKey: true,
    dedupWindow: 0,
    maxEventBytes: MEBIBYTE,
    maxFrameBytes: MEBIBYTE + 4096,
    delay: LONGEST_DELAY_MS,
    replay: true,
    redrive: true,
    requestReply: false,
    leaseSeconds,
    ackDurability: "synced",
    billedPerFrame: false,
  };

  const owner = options.exclusive ? takeFolder(dir) : undefined;
  const { slot, groups } = openFolder(dir);
  const closing = new AbortController();
  const consumers = new Set<EmbeddedConsumer>();
  const logs = new Map<string, LaneLog>();
  const looks = new Map<string, Map<string, number>>();
  const logDirs = new Map<string, { dir: string; log: LaneLog }>();

  const damaged = (damage: Damage) => {
    const what = damage.torn ? "a torn end was cut" : busErrors.BUS_SEGMENT_DAMAGED.summary;
    log.warn({ code: busErrors.BUS_SEGMENT_DAMAGED.code, ...damage }, what);
    observe.count("bus_log_damages", 1, { torn: String(damage.torn) });
    options.damaged?.(damage);
  };
  const nudgeAll = () => {
    for (const consumer of consumers) consumer.nudge();
  };

  for (const lane of LANES) openLane(lane);

  function openLane(lane: Lane): void {
    const path = join(slot.dir, lane);
    const opened = openLaneLog({
      dir: path,
      disk,
      segmentBytes: options.segmentBytes ?? 64 * MEBIBYTE,
      recentBytes: options.recentBytes ?? 8 * MEBIBYTE,
      longestFrame: features.maxFrameBytes,
      alone: options.exclusive === true,
      damaged,
      grown: nudgeAll,
    });
    logs.set(`${slot.number}/${lane}`, opened);
    logDirs.set(`${slot.number}/${lane}`, { dir: path, log: opened });
  }

  const partitions = openPartitions(dir, logs, nudgeAll);
  const endsNow = () => {
    partitions.lookAll();
    return Object.fromEntries(
      partitions.list().map((partition) => [partition.name, partitions.endOf(partition)]),
    );
  };
  noteBarriers(groups, slot.number, endsNow(), LANES);
  const barriers = createBarriers(groups);
  const topology = createTopology(groups, endsNow);
  const letters = createDeadLetters(groups);
  const requeued = createRequeuedFrames(groups);
  const delays = createDelays(groups);
  const forgetting = createForgetting({ groups, now: () => clock.now(), isGone });
  const bucketsOf = (spec: SubscriptionSpec) => (spec.order === "key" ? 1 : BUCKETS);

  /** A member of a process whose slot was taken again since is gone, however long its lease still runs. */
  function isGone(member: string): boolean {
    const token = member.slice(0, member.indexOf("/"));
    if (token === slot.token) return false;
    const number = token.slice(0, token.indexOf("-"));
    try {
      return readFileSync(join(dir, "log", number, "owner"), "utf8") !== token;
    } catch {
      return false;
    }
  }

  async function poll(): Promise<void> {
    let version = groups.version();
    while (!closing.signal.aborted) {
      await clock.sleep(options.pollMs ?? 100, closing.signal);
      if (closing.signal.aborted) return;
      try {
        groups.tidy().catch(failing);
        if (partitions.poll()) nudgeAll();
        const now = groups.version();
        if (now === version) continue;
        version = now;
        for (const consumer of consumers) consumer.groupsChanged();
      } catch (error) {
        failing(error);
      }
    }
  }

  async function pruneNowAndThen(): Promise<void> {
    while (!closing.signal.aborted) {
      await clock.sleep(options.pruneMs ?? 30_000, closing.signal);
      if (closing.signal.aborted) return;
      try {
        await groups.resting;
        for (const id of forgetting.abandoned()) forgetting.forget(id);
        const deleted = await prune(groups, logDirs);
        if (deleted > 0) observe.count("bus_log_segments_pruned", deleted, {});
      } catch (error) {
        failing(error);
      }
    }
  }

  let told = { error: "", atMs: 0 };
  /** It is tried again all the time; saying so once in a while is enough. */
  function failing(cause: unknown): void {
    const error = messageOf(cause);
    const atMs = clock.now();
    if (error === told.error && atMs - told.atMs < TELL_AGAIN_MS) return;
    told = { error, atMs };
    log.error({ error }, "the groups file could not be used, trying again");
  }

  void poll();
  const pruning = pruneNowAndThen();

  function check(frame: Uint8Array): FrameHead {
    if (frame.length <= features.maxFrameBytes) return frameHead(frame);
    throw new OrreryError(busErrors.BUS_FRAME_TOO_LARGE, {
      given: `${frame.length} bytes, limit ${features.maxFrameBytes}`,
    });
  }

  const logOf = (lane: Lane) => logs.get(`${slot.number}/${lane}`) as LaneLog;
  let members = 0;

  return {
    features,
    async ensure(wanted) {
      await groups.resting;
      topology.ensure(wanted);
    },
    async publish(frames) {
      if (closing.signal.aborted) throw new OrreryError(busErrors.BUS_CLOSED);
      const heads = frames.map(check);
      for (const head of heads) topology.checkTopic(head);
      const lane = heads[0]?.lane;
      if (lane === undefined) return;
      if (heads.every((head) => head.lane === lane)) return logOf(lane).append(frames, heads);
      const byLane = Map.groupBy(heads.keys(), (i) => (heads[i] as FrameHead).lane);
      await Promise.all(
        [...byLane].map(([one, at]) =>
          logOf(one).append(
            at.map((i) => frames[i] as Uint8Array),
            at.map((i) => heads[i] as FrameHead),
          ),
        ),
      );
    },
    async open(spec) {
      await groups.resting;
      const { starts } = topology.get(spec.id);
      const buckets = bucketsOf(spec);
      const membership = createMembership({
        groups,
        subscription: spec.id,
        buckets,
        member: `${slot.token}/${++members}`,
        leaseMs,
        clock,
        isGone,
      });
      const consumer = createEmbeddedConsumer({
        spec,
        starts,
        buckets,
        membership,
        groups,
        partitions,
        requeued,
        delays,
        barriers,
        clock,
        leaseMs,
        longestFrame: features.maxFrameBytes,
        damaged,
        failing,
        closed: (one) => {
          consumers.delete(one);
          if (spec.ephemeral === true && !forgetting.isUsed(spec.id)) forgetting.forget(spec.id);
          for (const other of consumers) other.groupsChanged();
        },
      });
      consumers.add(consumer);
      return consumer;
    },
    async requeue(subscription, frame, terms) {
      topology.get(subscription);
      check(frame);
      if (terms.delayMs > features.delay) {
        throw new OrreryError(busErrors.BUS_FEATURE_MISSING, {
          given: `delay ${terms.delayMs} ms, at most ${features.delay}`,
        });
      }
      await groups.resting;
      groups.write(() => {
        if (terms.entryId !== undefined) letters.remove(subscription, terms.entryId);
        requeued.add(subscription, frame, terms, clock.now() + terms.delayMs);
      });
      for (const consumer of consumers) consumer.groupsChanged();
    },
    async deadLetter(subscription, letter) {
      topology.get(subscription);
      await groups.resting;
      return letters.add(subscription, letter);
    },
    deadLetters: async (subscription, page) => letters.page(subscription, page),
    async removeDeadLetter(subscription, entryId) {
      await groups.resting;
      letters.remove(subscription, entryId);
    },
    async dropDeadLetter(subscription, entryId) {
      await groups.resting;
      letters.drop(subscription, entryId);
    },
    subscriptions: async () => topology.all(),
    lag: async (subscription, detail) => {
      const { spec, starts } = topology.get(subscription);
      const lookedTo = looks.get(subscription) ?? new Map<string, number>();
      looks.set(subscription, lookedTo);
      return readLag({
        spec,
        starts,
        groups,
        partitions,
        buckets: bucketsOf(spec),
        local: [...consumers].filter((consumer) => consumer.subscription === subscription),
        longestFrame: features.maxFrameBytes,
        requeued: requeued.frames(subscription),
        deadLetters: letters.count(subscription),
        onlyOpen: detail === "open",
        lookedTo,
      });
    },
    async remove(subscription) {
      await groups.resting;
      topology.get(subscription);
      if (forgetting.isUsed(subscription))
        throw new OrreryError(busErrors.BUS_SUBSCRIPTION_IN_USE, { given: subscription });
      forgetting.forget(subscription);
      looks.delete(subscription);
    },
    async close() {
      if (closing.signal.aborted) return;
      closing.abort();
      for (const consumer of [...consumers]) await consumer.close();
      for (const one of logs.values()) await one.close();
      await pruning;
      partitions.close();
      await groups.resting;
      groups.close();
      slot.release();
      owner?.close();
    },
  };
}

/** Takes a slot and opens the groups file; what the file system refuses becomes a coded error. */
function openFolder(dir: string) {
  try {
    mkdirSync(dir, { recursive: true });
    const slot = takeSlot(dir);
    return { slot, groups: openGroups(dir) };
  } catch (cause) {
    if (cause instanceof OrreryError) throw cause;
    const full = (cause as { code?: string }).code === "ENOSPC" || /disk is full/.test(messageOf(cause));
    const kind = full ? busErrors.BUS_DISK_FULL : busErrors.BUS_FOLDER_UNWRITABLE;
    throw new OrreryError(kind, { given: `${dir}: ${messageOf(cause)}`, cause });
  }
}

/** Holds the whole folder for this process. */
function takeFolder(dir: string): DatabaseSync {
  try {
    if (!existsSync(dir)) mkdirSync(dir, { recursive: true });
  } catch (cause) {
    throw new OrreryError(busErrors.BUS_FOLDER_UNWRITABLE, { given: `${dir}: ${messageOf(cause)}`, cause });
  }
  const lock = new DatabaseSync(join(dir, "owner.lock"), { timeout: 0 });
  try {
    lock.exec("PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=MEMORY; BEGIN EXCLUSIVE");
    return lock;
  } catch (cause) {
    lock.close();
    throw new OrreryError(busErrors.BUS_FOLDER_TAKEN, { given: dir, cause });
  }
}
