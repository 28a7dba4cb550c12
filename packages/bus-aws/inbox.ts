import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
} from "@aws-sdk/client-sqs";
import type { Clock } from "@orrery/bus";
import { createBackoff } from "./backoff.ts";
import type { Calls } from "./calls.ts";
import { apiOf } from "./counted.ts";
import { codedFault, faultOfEntry, isRetryable } from "./fault.ts";
import { createGather } from "./gather.ts";
import { checkVisibility, checkWait, LIMITS } from "./limits.ts";
import { receivedBytes } from "./message.ts";
import type { Queue } from "./queues.ts";

/** The calls about what is in one queue. */
export interface Inbox {
  /** Waits up to `waitSeconds` for 1..`most` messages. Throws what the SDK throws. */
  receive(most: number, waitSeconds: number, signal: AbortSignal): Promise<Message[]>;
  /** @throws BUS_LEASE_LOST when the receipt holds no more */
  remove(receipt: string): Promise<void>;
  /** From now. @throws BUS_LEASE_LOST */
  hide(receipt: string, seconds: number): Promise<void>;
  /** Sends what is gathered; resolves when all is answered. */
  flush(): Promise<void>;
}

export interface InboxTerms {
  readonly calls: Calls;
  readonly clock: Clock;
  readonly visibilitySeconds: number;
  /** How long a delete may wait for others, ms. */
  deleteLingerMs(): number;
  /** How long a failed entry is tried again, ms. */
  readonly outageMs: number;
  readonly closing: AbortSignal;
}

interface Entry {
  readonly receipt: string;
  readonly seconds: number;
}

export function createInbox(queue: Queue, terms: InboxTerms): Inbox {
  const { calls, clock, visibilitySeconds, outageMs, closing } = terms;
  checkVisibility(visibilitySeconds);
  const api = (name: string) => apiOf("sqs", name, queue.name);

  /** Outcomes by entry; what failed for a reason that may pass is tried again with the rest of its kind. */
  async function batch(
    name: "DeleteMessageBatch" | "ChangeMessageVisibilityBatch",
    items: readonly Entry[],
  ): Promise<(Error | undefined)[]> {
    const outcomes: (Error | undefined)[] = items.map(() => undefined);
    const backoff = createBackoff(clock, outageMs, closing);
    let left = items.map((_, i) => i);
    while (left.length > 0) {
      const again: number[] = [];
      const answer = await send(
        name,
        left.map((i) => ({ Id: String(i), ...(items[i] as Entry) })),
      );
      const done = new Set(answer.Successful?.map(({ Id }) => Id));
      const failures = new Map(answer.Failed?.map((one) => [one.Id, one]));
      if (failures.size > 0) calls.counted.failed(api(name), failures.size);
      for (const i of left) {
        const failure = failures.get(String(i));
        if (failure === undefined && done.has(String(i))) continue;
        const { Code = "", Message = "not in AWS's answer", SenderFault = false } = failure ?? {};
        const fault = faultOfEntry(Code, Message, SenderFault);
        outcomes[i] = codedFault(fault, `${name} ${queue.name}: ${Code}: ${Message}`);
        if (isRetryable(fault)) again.push(i);
      }
      if (again.length > 0 && !(await backoff.pause())) break;
      for (const i of again) outcomes[i] = undefined;
      left = again;
    }
    return outcomes;
  }

  function send(
    name: "DeleteMessageBatch" | "ChangeMessageVisibilityBatch",
    entries: readonly ({ readonly Id: string } & Entry)[],
  ) {
    return calls.retried({
      api: api(name),
      entries: entries.length,
      send: ({ sqs }, abortSignal) =>
        name === "DeleteMessageBatch"
          ? sqs.send(
              new DeleteMessageBatchCommand({
                QueueUrl: queue.url,
                Entries: entries.map(({ Id, receipt }) => ({ Id, ReceiptHandle: receipt })),
              }),
              { abortSignal },
            )
          : sqs.send(
              new ChangeMessageVisibilityBatchCommand({
                QueueUrl: queue.url,
                Entries: entries.map(({ Id, receipt, seconds }) => ({
                  Id,
                  ReceiptHandle: receipt,
                  VisibilityTimeout: seconds,
                })),
              }),
              { abortSignal },
            ),
    });
  }

  const deletes = createGather<Entry>(clock, terms.deleteLingerMs, (items) =>
    batch("DeleteMessageBatch", items),
  );
  const hides = createGather<Entry>(
    clock,
    () => 0,
    (items) => batch("ChangeMessageVisibilityBatch", items),
  );

  return {
    async receive(most, waitSeconds, signal) {
      checkWait(waitSeconds);
      const { Messages = [] } = await calls.once(
        {
          api: api("ReceiveMessage"),
          send: ({ polls }, abortSignal) =>
            polls.send(
              new ReceiveMessageCommand({
                QueueUrl: queue.url,
                MaxNumberOfMessages: Math.max(1, Math.min(most, LIMITS.batchEntries)),
                WaitTimeSeconds: waitSeconds,
                VisibilityTimeout: visibilitySeconds,
                MessageAttributeNames: ["All"],
                MessageSystemAttributeNames: ["ApproximateReceiveCount", "SentTimestamp", "MessageGroupId"],
              }),
              { abortSignal },
            ),
        },
        signal,
      );
      let bytes = 0;
      for (const message of Messages) bytes += receivedBytes(message);
      calls.counted.received(api("ReceiveMessage"), bytes, Messages.length);
      return Messages;
    },
    remove: (receipt) => deletes.add({ receipt, seconds: 0 }),
    hide(receipt, seconds) {
      checkVisibility(seconds);
      return hides.add({ receipt, seconds });
    },
    async flush() {
      await Promise.all([deletes.flush(), hides.flush()]);
    },
  };
}
