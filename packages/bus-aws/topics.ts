import {
  CreateTopicCommand,
  ListSubscriptionsByTopicCommand,
  ListTagsForResourceCommand,
  ListTopicsCommand,
  SetSubscriptionAttributesCommand,
  SubscribeCommand,
  TagResourceCommand,
  UnsubscribeCommand,
} from "@aws-sdk/client-sns";
import type { Calls } from "./calls.ts";
import { apiOf } from "./counted.ts";
import { withField } from "./fault.ts";
import { checkFilterPolicy } from "./filter-policy.ts";
import { isMissing } from "./queues.ts";
import type { Tags } from "./tags.ts";

export interface Attachment {
  readonly queueArn: string;
  readonly deadLetterArn: string;
  /** Undefined: everything. */
  readonly filter: string | undefined;
}

/** The calls about topics and what is subscribed to them. */
export type Topics = ReturnType<typeof createTopics>;

export function createTopics(calls: Calls) {
  const api = (name: string) => apiOf("sns", name);

  /** Queue ARN to subscription ARN. */
  async function attached(topicArn: string): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    let token: string | undefined;
    do {
      const NextToken = token;
      const page = await calls.retried({
        api: api("ListSubscriptionsByTopic"),
        send: ({ sns }, abortSignal) =>
          withField(
            sns.send(
              new ListSubscriptionsByTopicCommand({
                TopicArn: topicArn,
                ...(NextToken === undefined ? {} : { NextToken }),
              }),
              { abortSignal },
            ),
            "Subscriptions",
          ),
      });
      for (const { Endpoint, SubscriptionArn } of page.Subscriptions ?? []) {
        if (Endpoint !== undefined && SubscriptionArn !== undefined) found.set(Endpoint, SubscriptionArn);
      }
      token = page.NextToken;
    } while (token !== undefined);
    return found;
  }

  const setFilter = (arn: string, filter: string) => {
    checkFilterPolicy(filter);
    return calls.retried({
      api: api("SetSubscriptionAttributes"),
      send: ({ sns }, abortSignal) =>
        sns.send(
          new SetSubscriptionAttributesCommand({
            SubscriptionArn: arn,
            AttributeName: "FilterPolicy",
            AttributeValue: filter,
          }),
          { abortSignal },
        ),
    });
  };

  return {
    attached,
    /** Idempotent. */
    async create(name: string): Promise<string> {
      const fifo = name.endsWith(".fifo");
      const { TopicArn = "" } = await calls.retried({
        api: api("CreateTopic"),
        send: ({ sns }, abortSignal) =>
          withField(
            sns.send(
              new CreateTopicCommand({
                Name: name,
                ...(fifo && {
                  Attributes: {
                    FifoTopic: "true",
                    ContentBasedDeduplication: "false",
                    FifoThroughputScope: "MessageGroup",
                  },
                }),
              }),
              { abortSignal },
            ),
            "TopicArn",
          ),
      });
      return TopicArn;
    },
    async list(): Promise<string[]> {
      const arns: string[] = [];
      let token: string | undefined;
      do {
        const NextToken = token;
        const page = await calls.retried({
          api: api("ListTopics"),
          send: ({ sns }, abortSignal) =>
            withField(
              sns.send(new ListTopicsCommand(NextToken === undefined ? {} : { NextToken }), { abortSignal }),
              "Topics",
            ),
        });
        for (const { TopicArn } of page.Topics ?? []) if (TopicArn !== undefined) arns.push(TopicArn);
        token = page.NextToken;
      } while (token !== undefined);
      return arns;
    },
    async tags(topicArn: string): Promise<Tags> {
      try {
        const { Tags = [] } = await calls.retried({
          api: api("ListTagsForResource"),
          send: ({ sns }, abortSignal) =>
            withField(
              sns.send(new ListTagsForResourceCommand({ ResourceArn: topicArn }), { abortSignal }),
              "Tags",
            ),
        });
        return Object.fromEntries(Tags.map(({ Key = "", Value = "" }) => [Key, Value]));
      } catch (error) {
        if (isMissing(error)) return {};
        throw error;
      }
    },
    tag: (topicArn: string, tags: Tags) =>
      calls.retried({
        api: api("TagResource"),
        send: ({ sns }, abortSignal) =>
          sns.send(
            new TagResourceCommand({
              ResourceArn: topicArn,
              Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
            }),
            { abortSignal },
          ),
      }),
    /** Raw, with what SNS itself could not deliver going to the queue's dead letters. */
    async attach(topicArn: string, { queueArn, deadLetterArn, filter }: Attachment): Promise<void> {
      if (filter !== undefined) checkFilterPolicy(filter);
      await calls.retried({
        api: api("Subscribe"),
        send: ({ sns }, abortSignal) =>
          withField(
            sns.send(
              new SubscribeCommand({
                TopicArn: topicArn,
                Protocol: "sqs",
                Endpoint: queueArn,
                ReturnSubscriptionArn: true,
                Attributes: {
                  RawMessageDelivery: "true",
                  RedrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetterArn }),
                  ...(filter === undefined ? {} : { FilterPolicy: filter }),
                },
              }),
              { abortSignal },
            ),
            "SubscriptionArn",
          ),
      });
    },
    setFilter,
    async detach(subscriptionArn: string): Promise<void> {
      await calls
        .retried({
          api: api("Unsubscribe"),
          send: ({ sns }, abortSignal) =>
            sns.send(new UnsubscribeCommand({ SubscriptionArn: subscriptionArn }), { abortSignal }),
        })
        .catch((error: unknown) => {
          if (!isMissing(error)) throw error;
        });
    },
  };
}
