import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  type QueueAttributeName,
  SetQueueAttributesCommand,
  TagQueueCommand,
  UntagQueueCommand,
} from "@aws-sdk/client-sqs";
import { busErrors } from "@orrery/bus";
import { isError } from "@orrery/wire";
import type { Calls } from "./calls.ts";
import { apiOf } from "./counted.ts";
import { faultOf, withField } from "./fault.ts";
import { checkVisibility, checkWait } from "./limits.ts";
import type { Tags } from "./tags.ts";

export interface Queue {
  readonly name: string;
  readonly url: string;
  readonly arn: string;
}

/** The calls about queues themselves, not about what is in them. */
export type Queues = ReturnType<typeof createQueues>;

const PAGE = 1_000;

export function createQueues(calls: Calls) {
  const known = new Map<string, Queue>();
  const api = (name: string) => apiOf("sqs", name);

  const attributes = async (url: string, names: readonly QueueAttributeName[]) => {
    const { Attributes = {} } = await calls.retried({
      api: api("GetQueueAttributes"),
      send: ({ sqs }, abortSignal) =>
        sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...names] }), {
          abortSignal,
        }),
    });
    return Attributes as Record<string, string>;
  };

  async function remember(name: string, url: string): Promise<Queue> {
    const { QueueArn = "" } = await attributes(url, ["QueueArn"]);
    const queue = { name, url, arn: QueueArn };
    known.set(name, queue);
    return queue;
  }

  return {
    attributes,
    forget: (name: string) => void known.delete(name),
    /** Undefined when there is none. */
    async find(name: string): Promise<Queue | undefined> {
      const cached = known.get(name);
      if (cached !== undefined) return cached;
      try {
        const { QueueUrl = "" } = await calls.retried({
          api: api("GetQueueUrl"),
          send: ({ sqs }, abortSignal) =>
            withField(sqs.send(new GetQueueUrlCommand({ QueueName: name }), { abortSignal }), "QueueUrl"),
        });
        return await remember(name, QueueUrl);
      } catch (error) {
        if (isError(error, busErrors.BUS_SUBSCRIPTION_MISSING)) return undefined;
        throw error;
      }
    },
    /** Idempotent as long as the attributes are the same. */
    async create(name: string, given: Record<string, string>, tags: Tags): Promise<Queue> {
      if (given["VisibilityTimeout"] !== undefined) checkVisibility(Number(given["VisibilityTimeout"]));
      if (given["ReceiveMessageWaitTimeSeconds"] !== undefined)
        checkWait(Number(given["ReceiveMessageWaitTimeSeconds"]));
      const { QueueUrl = "" } = await calls.retried({
        api: api("CreateQueue"),
        send: ({ sqs }, abortSignal) =>
          withField(
            sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: given, tags: { ...tags } }), {
              abortSignal,
            }),
            "QueueUrl",
          ),
      });
      return remember(name, QueueUrl);
    },
    set: (url: string, given: Record<string, string>) =>
      calls.retried({
        api: api("SetQueueAttributes"),
        send: ({ sqs }, abortSignal) =>
          sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: given }), { abortSignal }),
      }),
    async remove({ name, url }: Queue): Promise<void> {
      known.delete(name);
      await calls
        .retried({
          api: api("DeleteQueue"),
          send: ({ sqs }, abortSignal) =>
            sqs.send(new DeleteQueueCommand({ QueueUrl: url }), { abortSignal }),
        })
        .catch((error: unknown) => {
          if (!isError(error, busErrors.BUS_SUBSCRIPTION_MISSING)) throw error;
        });
    },
    /** Names that begin so. Freshly made ones may be missing for up to a minute at AWS. */
    async list(begin: string): Promise<string[]> {
      const names: string[] = [];
      let token: string | undefined;
      do {
        const NextToken = token;
        const page = await calls.retried({
          api: api("ListQueues"),
          send: ({ sqs }, abortSignal) =>
            sqs.send(
              new ListQueuesCommand({
                QueueNamePrefix: begin,
                MaxResults: PAGE,
                ...(NextToken === undefined ? {} : { NextToken }),
              }),
              { abortSignal },
            ),
        });
        for (const url of page.QueueUrls ?? []) names.push(url.slice(url.lastIndexOf("/") + 1));
        token = page.NextToken;
      } while (token !== undefined);
      return names;
    },
    /** Empty when the queue has gone. */
    async tags(url: string): Promise<Tags> {
      try {
        const { Tags = {} } = await calls.retried({
          api: api("ListQueueTags"),
          send: ({ sqs }, abortSignal) =>
            sqs.send(new ListQueueTagsCommand({ QueueUrl: url }), { abortSignal }),
        });
        return Tags;
      } catch (error) {
        if (isError(error, busErrors.BUS_SUBSCRIPTION_MISSING)) return {};
        throw error;
      }
    },
    async tag(url: string, tags: Tags, stale: readonly string[] = []): Promise<void> {
      await calls.retried({
        api: api("TagQueue"),
        send: ({ sqs }, abortSignal) =>
          sqs.send(new TagQueueCommand({ QueueUrl: url, Tags: { ...tags } }), { abortSignal }),
      });
      if (stale.length === 0) return;
      await calls.retried({
        api: api("UntagQueue"),
        send: ({ sqs }, abortSignal) =>
          sqs.send(new UntagQueueCommand({ QueueUrl: url, TagKeys: [...stale] }), { abortSignal }),
      });
    },
  };
}

export const isMissing = (error: unknown) =>
  faultOf(error) === "missing" ||
  isError(error, busErrors.BUS_SUBSCRIPTION_MISSING) ||
  isError(error, busErrors.BUS_TOPIC_MISSING);
