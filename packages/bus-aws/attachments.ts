import { busErrors, type SubscriptionSpec } from "@orrery/bus";
import { OrreryError } from "@orrery/wire";
import { filterPolicy } from "./filter-policy.ts";
import type { Known } from "./known.ts";
import type { Names } from "./names.ts";
import { domainsOf, PREFIX } from "./tags.ts";
import type { Topics } from "./topics.ts";

/** Which queues take from which topics. */
export interface Attachments {
  /** Of this deployment: another's prefix may begin like ours, so a topic's tag decides. */
  topics(): Promise<string[]>;
  /** @throws BUS_FEATURE_MISSING when what the subscription begins with is gone */
  demandBeginning(spec: SubscriptionSpec): Promise<void>;
  attach(topicArn: string, known: Known): Promise<void>;
  /** To every topic there is. */
  attachToAll(known: Known): Promise<void>;
  /** Topics that take nothing to it yet, as far as this process knows. */
  lacking(known: Known): Promise<string[]>;
  /** Sets what SNS lets through for a subscription whose types or worlds changed. */
  refilter(known: Known): Promise<void>;
  detachFromAll(known: Known): Promise<void>;
}

export function createAttachments(topics: Topics, names: Names): Attachments {
  const ours = new Set<string>();
  const attached = new Set<string>();
  const nameOf = (arn: string) => arn.slice(arn.lastIndexOf(":") + 1);

  async function all(): Promise<string[]> {
    const found: string[] = [];
    for (const arn of await topics.list()) {
      if (!names.isTopic(nameOf(arn))) continue;
      if (!ours.has(arn) && (await topics.tags(arn))[PREFIX] !== names.prefix) continue;
      ours.add(arn);
      found.push(arn);
    }
    return found;
  }

  /** SNS keeps nothing: the beginning can only be had by who is there before the first publish. */
  async function demandBeginning(spec: SubscriptionSpec): Promise<void> {
    if (spec.from !== "earliest") return;
    for (const topic of await all()) {
      const published = domainsOf(await topics.tags(topic)).filter((domain) => mayHold(spec, domain));
      if (published.length === 0) continue;
      throw new OrreryError(busErrors.BUS_FEATURE_MISSING, {
        given:
          `${spec.id} from "earliest", but ${nameOf(topic)} already carried ` +
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
    attached.add(`${topicArn} ${queue.arn}`);
  }

  return {
    topics: all,
    demandBeginning,
    attach,
    async attachToAll(known) {
      for (const topic of await all()) await attach(topic, known);
    },
    async lacking({ queue: { arn } }) {
      const found: string[] = [];
      for (const topic of await all()) {
        const name = `${topic} ${arn}`;
        if (attached.has(name)) continue;
        // Another process attached it, perhaps with more than this one knows of: that stays.
        if ((await topics.attached(topic)).has(arn)) attached.add(name);
        else found.push(topic);
      }
      return found;
    },
    async refilter({ spec, queue }) {
      // SNS takes no empty policy for "everything": a rule that every frame of ours meets says it.
      const filter = filterPolicy(spec) ?? JSON.stringify({ types: [{ exists: true }] });
      for (const topic of await all()) {
        const arn = (await topics.attached(topic)).get(queue.arn);
        if (arn !== undefined) await topics.setFilter(arn, filter);
      }
    },
    async detachFromAll({ queue }) {
      for (const topic of await all()) {
        attached.delete(`${topic} ${queue.arn}`);
        const arn = (await topics.attached(topic)).get(queue.arn);
        if (arn !== undefined) await topics.detach(arn);
      }
    },
  };
}

/** Whether a type of this domain may be wanted. */
function mayHold({ types }: SubscriptionSpec, domain: string): boolean {
  return types.some((type) => {
    const dot = type.indexOf(".");
    return dot < 0
      ? type.endsWith("*") && domain.startsWith(type.slice(0, -1))
      : type.slice(0, dot) === domain;
  });
}
