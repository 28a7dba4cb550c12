import { busErrors, type Log, type SubscriptionSpec } from "@orrery/bus";
import { OrreryError } from "@orrery/wire";
import { busAwsErrors } from "./errors.ts";
import { filterPolicy } from "./filter-policy.ts";
import type { Names } from "./names.ts";
import { type Resolved, visibilityOf } from "./options.ts";
import { messageOf } from "./fault.ts";
import type { Queue, Queues } from "./queues.ts";
import { domainsOf, SEEN, specOf, specTags, staleSpecTags } from "./tags.ts";
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
  /** Attaches every known subscription to a topic that this process is about to publish to. */
  attachAll(topicArn: string): Promise<void>;
  /** Somebody took it away: what is known of it no longer holds. */
  forget(id: string): void;
  /** Takes queue, dead-letter queue and attachments away. */
  remove(id: string): Promise<void>;
  /** An ephemeral one is still used. */
  seen(id: string): Promise<void>;
  /** Takes away ephemeral ones that nobody has used for `afterMs`; answers their ids. */
  sweep(afterMs: number): Promise<string[]>;
}

const RETENTION_S = String(14 * 24 * 3600);

export function createSubscriptions(
  queues: Queues,
  topics: Topics,
  names: Names,
  options: Resolved,
  now: () => number,
): Subscriptions {
  const cache = new Map<string, Known>();
  const log: Log = options.log;
  const ours = (arn: string) => names.isTopic(arn.slice(arn.lastIndexOf(":") + 1));

  async function look(id: string): Promise<Known | undefined> {
    for (const order of ["none", "key"] as const) {
      const queue = await queues.find(names.queue(id, order));
      if (queue === undefined) continue;
      const spec = specOf(await queues.tags(queue.url));
      if (spec === undefined || spec.id !== id) {
        queues.forget(queue.name);
        continue;
      }
      const deadLetters = await deadLettersOf(queue, spec);
      return { spec, queue, deadLetters, owner: await ownerOf(spec, queue.name) };
    }
    return undefined;
  }

  /** What cannot be handled must have a place to go before anything is taken in. */
  async function deadLettersOf(queue: Queue, spec: SubscriptionSpec): Promise<Queue> {
    const name = names.deadLetters(queue.name);
    const policy = (await queues.attributes(queue.url, ["RedrivePolicy"]))["RedrivePolicy"];
    queues.forget(name);
    const found = await queues.find(name);
    if (found !== undefined && policy?.includes(found.arn)) return found;
    if (options.topology === "check") {
      throw new OrreryError(busAwsErrors.AWS_DEAD_LETTER_QUEUE_MISSING, {
        given: `${spec.id}: queue ${queue.name}, expected ${name}`,
      });
    }
    const made = found ?? (await createDeadLetters(name));
    await queues.set(queue.url, { RedrivePolicy: redrive(made) });
    return made;
  }

  async function ownerOf(spec: SubscriptionSpec, queue: string): Promise<Queue | undefined> {
    if (spec.order !== "key" || spec.ephemeral === true) return undefined;
    const name = names.owner(queue);
    queues.forget(name);
    const found = await queues.find(name);
    if (found !== undefined) return found;
    if (options.topology === "check") {
      throw new OrreryError(busErrors.BUS_SUBSCRIPTION_MISSING, { given: `${spec.id}: no queue ${name}` });
    }
    return queues.create(name, { MessageRetentionPeriod: RETENTION_S, ...fifoOf(name) }, {});
  }

  const fifoOf = (name: string): Record<string, string> =>
    names.isFifo(name)
      ? {
          FifoQueue: "true",
          ContentBasedDeduplication: "false",
          DeduplicationScope: "messageGroup",
          FifoThroughputLimit: "perMessageGroupId",
        }
      : {};

  const redrive = ({ arn }: Queue) =>
    JSON.stringify({ deadLetterTargetArn: arn, maxReceiveCount: options.maxReceives });

  async function createDeadLetters(name: string): Promise<Queue> {
    const made = await queues.create(name, { MessageRetentionPeriod: RETENTION_S, ...fifoOf(name) }, {});
    await queues.set(made.url, { Policy: policyFor(made.arn) });
    return made;
  }

  /** Only our own topics may send, whoever owns them. */
  function policyFor(queueArn: string): string {
    const [, partition, , region, account] = queueArn.split(":");
    return JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "OrreryTopics",
          Effect: "Allow",
          Principal: { Service: "sns.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: queueArn,
          Condition: {
            ArnLike: { "aws:SourceArn": `arn:${partition}:sns:${region}:${account}:${names.begin}*` },
          },
        },
      ],
    });
  }

  async function create(spec: SubscriptionSpec): Promise<Known> {
    const name = names.queue(spec.id, spec.order);
    if (options.topology === "check") {
      throw new OrreryError(busErrors.BUS_SUBSCRIPTION_MISSING, { given: `${spec.id}: no queue ${name}` });
    }
    await demandBeginning(spec);
    const deadLetters = await createDeadLetters(names.deadLetters(name));
    const queue = await queues.create(
      name,
      {
        VisibilityTimeout: String(visibilityOf(options.leaseSeconds)),
        MessageRetentionPeriod: RETENTION_S,
        ReceiveMessageWaitTimeSeconds: String(options.waitSeconds),
        RedrivePolicy: redrive(deadLetters),
        ...fifoOf(name),
      },
      { ...specTags(spec), ...(spec.ephemeral && { [SEEN]: String(Math.floor(now())) }) },
    );
    await queues.set(queue.url, { Policy: policyFor(queue.arn) });
    const known = { spec, queue, deadLetters, owner: await ownerOf(spec, name) };
    for (const topic of (await topics.list()).filter(ours)) await attach(topic, known);
    return known;
  }

  /** SNS keeps nothing: the beginning can only be had by who is there before the first publish. */
  async function demandBeginning(spec: SubscriptionSpec): Promise<void> {
    if (spec.from !== "earliest") return;
    for (const topic of (await topics.list()).filter(ours)) {
      const published = domainsOf(await topics.tags(topic)).filter((domain) => mayHold(spec, domain));
      if (published.length === 0) continue;
      throw new OrreryError(busErrors.BUS_FEATURE_MISSING, {
        given:
          `${spec.id} from "earliest", but ${topic.slice(topic.lastIndexOf(":") + 1)} already carried ` +
          `${published.join(", ")} and SNS keeps nothing: ensure the subscription before the first publish, or ` +
          `begin with "latest" and read what was before from the journal`,
      });
    }
  }

  async function attach(topicArn: string, { spec, queue, deadLetters }: Known): Promise<void> {
    // A FIFO queue cannot take from a standard topic: ordered subscriptions exist only where all lanes are FIFO.
    if (names.isFifo(queue.name) && !names.isFifo(topicArn)) return;
    await topics.attach(topicArn, {
      queueArn: queue.arn,
      deadLetterArn: deadLetters.arn,
      filter: filterPolicy(spec),
    });
  }

  async function refilter(known: Known, wanted: SubscriptionSpec): Promise<Known> {
    const { queue } = known;
    const tags = specTags(wanted);
    await queues.tag(queue.url, tags, staleSpecTags(await queues.tags(queue.url), tags));
    // SNS takes no empty policy for "everything": a rule that every frame of ours meets says it.
    const filter = filterPolicy(wanted) ?? JSON.stringify({ types: [{ exists: true }] });
    for (const topic of (await topics.list()).filter(ours)) {
      const arn = (await topics.attached(topic)).get(queue.arn);
      if (arn !== undefined) await topics.setFilter(arn, filter);
    }
    return { ...known, spec: wanted };
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
      const spec = queue && specOf(await queues.tags(queue.url));
      const deadLetters = spec && (await queues.find(names.deadLetters(name)));
      if (queue === undefined || spec === undefined || deadLetters === undefined) continue;
      const owner = spec.order === "key" ? await queues.find(names.owner(name)) : undefined;
      found.push({ spec, queue, deadLetters, owner });
    }
    return found;
  }

  async function removeKnown({ spec, queue, deadLetters, owner }: Known): Promise<void> {
    cache.delete(spec.id);
    for (const topic of (await topics.list()).filter(ours)) {
      const arn = (await topics.attached(topic)).get(queue.arn);
      if (arn !== undefined) await topics.detach(arn);
    }
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
    async all() {
      return (await allKnown()).map(({ spec }) => spec);
    },
    async attachAll(topicArn) {
      const there = await topics.attached(topicArn);
      for (const known of await allKnown()) {
        if (!there.has(known.queue.arn)) await attach(topicArn, known);
      }
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

/** Whether a type of this domain may be wanted. */
function mayHold({ types }: SubscriptionSpec, domain: string): boolean {
  return types.some((type) => {
    const dot = type.indexOf(".");
    return dot < 0
      ? type.endsWith("*") && domain.startsWith(type.slice(0, -1))
      : type.slice(0, dot) === domain;
  });
}
