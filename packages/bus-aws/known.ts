import { busErrors, type Log, type SubscriptionSpec } from "@orrery/bus";
import { OrreryError } from "@orrery/wire";
import type { Attachments } from "./attachments.ts";
import type { Names } from "./names.ts";
import type { Resolved } from "./options.ts";
import { messageOf } from "./fault.ts";
import { createProvision } from "./provision.ts";
import type { Queue, Queues } from "./queues.ts";
import { PREFIX, SEEN, specOf, specTags, staleSpecTags } from "./tags.ts";
import type { Topics } from "./topics.ts";

/** A subscription as it stands at AWS. */
export interface Known {
  readonly spec: SubscriptionSpec;
  readonly queue: Queue;
  readonly deadLetters: Queue;
  /** Holds the token of an ordered subscription that may have several members. */
  readonly owner: Queue | undefined;
}

export interface Subscriptions {
  /** Makes or checks queue, dead-letter queue and what is attached. @throws BUS_SUBSCRIPTION_*, BUS_FEATURE_MISSING, AWS_* */
  ensure(spec: SubscriptionSpec): Promise<Known>;
  /** Rejects with `BUS_SUBSCRIPTION_MISSING`. */
  known(id: string): Promise<Known>;
  all(): Promise<SubscriptionSpec[]>;
  /** Those that this process has asked for so far. */
  here(): Iterable<Known>;
  /** Attaches every known subscription to a topic that this process is about to publish to. */
  attachAll(topicArn: string): Promise<void>;
  /** Attaches to topics that came since, or that AWS's lists did not show yet: these are up to a minute late. */
  attachNew(id: string): Promise<void>;
  /** Somebody took it away: what is known of it no longer holds. */
  forget(id: string): void;
  /** Takes queue, dead-letter queue and attachments away. */
  remove(id: string): Promise<void>;
  /** An ephemeral one is still used. */
  seen(id: string): Promise<void>;
  /** Takes away ephemeral ones that nobody has used for `afterMs`; answers their ids. */
  sweep(afterMs: number): Promise<string[]>;
}

export function createSubscriptions(
  queues: Queues,
  topics: Topics,
  attachments: Attachments,
  names: Names,
  options: Resolved,
  now: () => number,
): Subscriptions {
  const cache = new Map<string, Known>();
  const log: Log = options.log;
  const provision = createProvision(queues, names, options);

  async function look(id: string): Promise<Known | undefined> {
    for (const order of ["none", "key"] as const) {
      const queue = await queues.find(names.queue(id, order));
      if (queue === undefined) continue;
      const spec = specOf(await queues.tags(queue.url));
      if (spec === undefined || spec.id !== id) {
        queues.forget(queue.name);
        continue;
      }
      const deadLetters = await provision.deadLettersOf(queue, spec);
      return { spec, queue, deadLetters, owner: await provision.ownerOf(spec, queue.name) };
    }
    return undefined;
  }

  async function create(spec: SubscriptionSpec): Promise<Known> {
    const name = names.queue(spec.id, spec.order);
    if (options.topology === "check") {
      throw new OrreryError(busErrors.BUS_SUBSCRIPTION_MISSING, { given: `${spec.id}: no queue ${name}` });
    }
    await attachments.demandBeginning(spec);
    const { queue, deadLetters } = await provision.create(name, {
      [PREFIX]: names.prefix,
      ...specTags(spec),
      ...(spec.ephemeral && { [SEEN]: String(Math.floor(now())) }),
    });
    const known = { spec, queue, deadLetters, owner: await provision.ownerOf(spec, name) };
    await attachments.attachToAll(known);
    return known;
  }

  async function refilter(known: Known, wanted: SubscriptionSpec): Promise<Known> {
    const { queue } = known;
    const tags = specTags(wanted);
    await queues.tag(queue.url, tags, staleSpecTags(await queues.tags(queue.url), tags));
    const changed = { ...known, spec: wanted };
    await attachments.refilter(changed);
    return changed;
  }

  async function allKnown(): Promise<Known[]> {
    const listed = (await queues.list(names.begin)).filter(names.isQueue);
    const found: Known[] = [];
    for (const name of listed) {
      const cached = [...cache.values()].find(({ queue }) => queue.name === name);
      if (cached !== undefined) {
        found.push(cached);
        continue;
      }
      const queue = await queues.find(name);
      const tags = queue && (await queues.tags(queue.url));
      const spec = tags?.[PREFIX] === names.prefix ? specOf(tags) : undefined;
      const deadLetters = spec && (await queues.find(names.deadLetters(name)));
      if (queue === undefined || spec === undefined || deadLetters === undefined) continue;
      const owner = spec.order === "key" ? await queues.find(names.owner(name)) : undefined;
      found.push({ spec, queue, deadLetters, owner });
    }
    return found;
  }

  /** As its tags say it now: another release may hear more than this process knows of. */
  async function asTold(known: Known): Promise<Known> {
    const spec = specOf(await queues.tags(known.queue.url));
    return spec === undefined ? known : { ...known, spec };
  }

  async function attachAsTold(topicArn: string, known: Known): Promise<void> {
    const told = await asTold(known);
    await attachments.attach(topicArn, told);
    // Who changed it in between did not find it attached.
    const now = await asTold(known);
    if (!sameFilter(told.spec, now.spec)) await attachments.refilter(now);
  }

  async function removeKnown(known: Known): Promise<void> {
    const { spec, queue, deadLetters, owner } = known;
    cache.delete(spec.id);
    await attachments.detachFromAll(known);
    await queues.remove(queue);
    await queues.remove(deadLetters);
    if (owner !== undefined) await queues.remove(owner);
  }

  return {
    async ensure(spec) {
      const cached = cache.get(spec.id);
      if (cached !== undefined && sameSpec(cached.spec, spec)) return cached;
      const found = await look(spec.id);
      if (found !== undefined && found.spec.order !== spec.order) {
        throw new OrreryError(busErrors.BUS_SUBSCRIPTION_CONFLICT, {
          given: `${spec.id}: order ${found.spec.order}, asked ${spec.order}`,
        });
      }
      const wanted = found === undefined ? spec : { ...spec, from: found.spec.from };
      let known: Known;
      if (found === undefined) known = await create(spec);
      else if (sameFilter(found.spec, wanted)) known = found;
      else known = await refilter(found, wanted);
      cache.set(spec.id, known);
      return known;
    },
    async known(id) {
      const cached = cache.get(id);
      if (cached !== undefined) return cached;
      const found = await look(id);
      if (found === undefined) throw new OrreryError(busErrors.BUS_SUBSCRIPTION_MISSING, { given: id });
      cache.set(id, found);
      return found;
    },
    here: () => cache.values(),
    async all() {
      return (await allKnown()).map(({ spec }) => spec);
    },
    async attachAll(topicArn) {
      const there = await topics.attached(topicArn);
      for (const known of await allKnown()) {
        if (!there.has(known.queue.arn)) await attachAsTold(topicArn, known);
      }
    },
    async attachNew(id) {
      const found = cache.get(id);
      if (found === undefined) return;
      for (const topic of await attachments.lacking(found)) await attachAsTold(topic, found);
    },
    forget(id) {
      const found = cache.get(id);
      if (found === undefined) return;
      cache.delete(id);
      queues.forget(found.queue.name);
      queues.forget(found.deadLetters.name);
      if (found.owner !== undefined) queues.forget(found.owner.name);
    },
    async remove(id) {
      const found = cache.get(id) ?? (await look(id));
      if (found !== undefined) await removeKnown(found);
    },
    async seen(id) {
      const found = cache.get(id);
      if (found !== undefined) await queues.tag(found.queue.url, { [SEEN]: String(Math.floor(now())) });
    },
    async sweep(afterMs) {
      const removed: string[] = [];
      for (const known of await allKnown()) {
        if (known.spec.ephemeral !== true) continue;
        const seenMs = Number((await queues.tags(known.queue.url))[SEEN] ?? 0);
        if (now() - seenMs < afterMs) continue;
        try {
          await removeKnown(known);
          removed.push(known.spec.id);
        } catch (error) {
          log.warn(
            { subscription: known.spec.id, error: messageOf(error) },
            "an abandoned queue could not be removed",
          );
        }
      }
      return removed;
    },
  };
}

const filterOf = ({ types, worlds }: SubscriptionSpec) => JSON.stringify([types, worlds]);
const sameFilter = (a: SubscriptionSpec, b: SubscriptionSpec) => filterOf(a) === filterOf(b);
const sameSpec = (a: SubscriptionSpec, b: SubscriptionSpec) => a.order === b.order && sameFilter(a, b);
