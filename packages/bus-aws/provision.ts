import { busErrors, type SubscriptionSpec } from "@orrery/bus";
import { OrreryError } from "@orrery/wire";
import { busAwsErrors } from "./errors.ts";
import type { Names } from "./names.ts";
import { type Resolved, visibilityOf } from "./options.ts";
import type { Queue, Queues } from "./queues.ts";
import type { Tags } from "./tags.ts";

const RETENTION_S = String(14 * 24 * 3600);

/** Makes or checks the queues that one subscription needs. */
export function createProvision(queues: Queues, names: Names, options: Resolved) {
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

  /** The subscription's own queue, with a place for what cannot be handled. */
  async function create(name: string, tags: Tags): Promise<{ queue: Queue; deadLetters: Queue }> {
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
      tags,
    );
    await queues.set(queue.url, { Policy: policyFor(queue.arn) });
    return { queue, deadLetters };
  }

  return { create, deadLettersOf, ownerOf };
}
