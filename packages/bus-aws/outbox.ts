import { PublishBatchCommand, PublishCommand } from "@aws-sdk/client-sns";
import { SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import { busErrors, type Clock } from "@orrery/bus";
import { OrreryError } from "@orrery/wire";
import { createBackoff } from "./backoff.ts";
import type { Calls } from "./calls.ts";
import { apiOf } from "./counted.ts";
import { coded, codedFault, type Fault, faultOf, faultOfEntry, isRetryable } from "./fault.ts";
import { checkBatch, LIMITS } from "./limits.ts";
import type { Parcel } from "./message.ts";

/** What goes to one topic or queue. */
export interface Posting {
  readonly parcel: Parcel;
  /** Only on FIFO: entries of one group stay in order. */
  readonly group?: string;
  readonly dedupId?: string;
  readonly delaySeconds?: number;
}

/** Sends in batches as full as what waits allows; what AWS reports as failed is sent again, alone. */
export interface Outbox {
  /** Resolves when AWS has it. @throws BUS_OUTCOME_UNKNOWN after the outage that is allowed, or AWS_* */
  post(posting: Posting): Promise<void>;
}

export interface Destination {
  readonly service: "sns" | "sqs";
  /** Entries of one call, 1..10. */
  readonly entries: number;
  /** Topic ARN or queue URL, asked before each batch: it may have been made anew. */
  address(): Promise<string>;
  /** It is gone; made again if that is allowed. */
  missing(): void;
}

interface Entry extends Posting {
  readonly done: PromiseWithResolvers<void>;
  readonly untilMs: number;
}

/** Batches on their way at a time. Those of one group never are. */
const IN_FLIGHT = 8;

interface Answer {
  readonly Successful?: readonly { readonly Id?: string | undefined }[] | undefined;
  readonly Failed?:
    | readonly {
        readonly Id?: string | undefined;
        readonly Code?: string | undefined;
        readonly Message?: string | undefined;
        readonly SenderFault?: boolean | undefined;
      }[]
    | undefined;
}

export function createOutbox(
  calls: Calls,
  clock: Clock,
  destination: Destination,
  outageMs: number,
  closing: AbortSignal,
): Outbox {
  const limit = destination.service === "sns" ? LIMITS.snsBytes : LIMITS.sqsBytes;
  const busy = new Set<string>();
  let waiting: Entry[] = [];
  let inFlight = 0;
  let scheduled = false;

  /** In order, at most ten, as many bytes as AWS takes together; one entry a group, since a batch may fail in part. */
  function nextBatch(): Entry[] {
    const batch: Entry[] = [];
    const left: Entry[] = [];
    const taken = new Set<string>();
    let bytes = 0;
    for (const entry of waiting) {
      const { group } = entry;
      const blocked = group !== undefined && (busy.has(group) || taken.has(group));
      const full = batch.length >= destination.entries || bytes + entry.parcel.mostBytes > limit;
      if (group !== undefined) taken.add(group);
      if (blocked || full) {
        left.push(entry);
        continue;
      }
      bytes += entry.parcel.mostBytes;
      batch.push(entry);
    }
    waiting = left;
    return batch;
  }

  function pump(): void {
    scheduled = false;
    while (inFlight < IN_FLIGHT && waiting.length > 0) {
      const batch = nextBatch();
      if (batch.length === 0) return;
      inFlight++;
      for (const { group } of batch) if (group !== undefined) busy.add(group);
      void deliver(batch).finally(() => {
        inFlight--;
        pump();
      });
    }
  }

  function taken({ group, done }: Entry): void {
    if (group !== undefined) busy.delete(group);
    done.resolve();
  }

  /** What waits behind it in its group is refused too: it must not overtake when the caller sends all again. */
  function refused({ group, done }: Entry, error: OrreryError): void {
    done.reject(error);
    if (group === undefined) return;
    busy.delete(group);
    const behind = waiting.filter((entry) => entry.group === group);
    waiting = waiting.filter((entry) => entry.group !== group);
    for (const entry of behind) entry.done.reject(error);
  }

  /** Until every entry is taken, refused, or out of time. Entries of one batch share their fate only while it lasts. */
  async function deliver(batch: readonly Entry[]): Promise<void> {
    const backoff = createBackoff(clock, outageMs, closing);
    for (let left = batch; left.length > 0; ) {
      const { again, why } = await attempt(left);
      left = again;
      if (left.length === 0) return;
      const now = clock.now();
      const late = left.filter(({ untilMs }) => untilMs <= now);
      for (const entry of late) refused(entry, unknown(why));
      left = left.filter(({ untilMs }) => untilMs > now);
      if (left.length > 0 && !(await backoff.pause())) {
        for (const entry of left) refused(entry, closing.aborted ? closed() : unknown(why));
        return;
      }
    }
  }

  async function attempt(batch: readonly Entry[]): Promise<{ again: readonly Entry[]; why: string }> {
    const publish = destination.entries === 1 ? "Publish" : "PublishBatch";
    const api = apiOf(destination.service, destination.service === "sns" ? publish : "SendMessageBatch");
    let answer: Answer;
    let name: typeof api = api;
    try {
      const address = await destination.address();
      name = address.endsWith(".fifo") ? `${api}.fifo` : api;
      answer = await send(address, batch, name);
    } catch (error) {
      const fault = error instanceof OrreryError && !error.retryable ? codeFault(error) : faultOf(error);
      if (fault === "missing") destination.missing();
      if (error instanceof OrreryError ? error.retryable : isRetryable(fault) || fault === "missing") {
        return { again: batch, why: coded(error, name).message };
      }
      for (const entry of batch) refused(entry, coded(error, name));
      return { again: [], why: "" };
    }
    return sort(batch, answer, name);
  }

  async function send(
    address: string,
    batch: readonly Entry[],
    api: ReturnType<typeof apiOf>,
  ): Promise<Answer> {
    checkBatch(
      batch.map(({ parcel }) => ({ bytes: parcel.mostBytes })),
      limit,
    );
    const bytes = batch.reduce((sum, { parcel }) => sum + parcel.bytes, 0);
    const about = (entry: Entry, i: number) => ({
      Id: String(i),
      MessageAttributes: entry.parcel.attributes,
      ...(entry.group === undefined ? {} : { MessageGroupId: entry.group }),
      ...(entry.dedupId === undefined ? {} : { MessageDeduplicationId: entry.dedupId }),
    });
    const { service } = destination;
    if (service === "sns" && destination.entries === 1) return single(address, batch[0] as Entry, api);
    return calls.once<Answer>({
      api,
      bytes,
      entries: batch.length,
      send: ({ sns, sqs }, abortSignal) =>
        service === "sns"
          ? sns.send(
              new PublishBatchCommand({
                TopicArn: address,
                PublishBatchRequestEntries: batch.map((entry, i) => ({
                  ...about(entry, i),
                  Message: entry.parcel.body,
                })),
              }),
              { abortSignal },
            )
          : sqs.send(
              new SendMessageBatchCommand({
                QueueUrl: address,
                Entries: batch.map((entry, i) => ({
                  ...about(entry, i),
                  MessageBody: entry.parcel.body,
                  ...(entry.delaySeconds ? { DelaySeconds: entry.delaySeconds } : {}),
                })),
              }),
              { abortSignal },
            ),
    });
  }

  async function single(address: string, entry: Entry, api: ReturnType<typeof apiOf>): Promise<Answer> {
    await calls.once({
      api,
      bytes: entry.parcel.bytes,
      entries: 1,
      send: ({ sns }, abortSignal) =>
        sns.send(
          new PublishCommand({
            TopicArn: address,
            Message: entry.parcel.body,
            MessageAttributes: entry.parcel.attributes,
            ...(entry.group === undefined ? {} : { MessageGroupId: entry.group }),
            ...(entry.dedupId === undefined ? {} : { MessageDeduplicationId: entry.dedupId }),
          }),
          { abortSignal },
        ),
    });
    return { Successful: [{ Id: "0" }] };
  }

  /** An answer of 200 may hold failures; an entry that is in neither list is unknown, and sent again. */
  function sort(batch: readonly Entry[], answer: Answer, api: ReturnType<typeof apiOf>) {
    const accepted = new Set((answer.Successful ?? []).map(({ Id }) => Id));
    const failures = new Map((answer.Failed ?? []).map((one) => [one.Id, one]));
    const again: Entry[] = [];
    let why = "AWS did not mention the entry in its answer";
    if (failures.size > 0) calls.counted.failed(api, failures.size);
    for (const [i, entry] of batch.entries()) {
      const failure = failures.get(String(i));
      if (failure === undefined && accepted.has(String(i))) {
        taken(entry);
        continue;
      }
      if (failure !== undefined) {
        const { Code = "", Message = "", SenderFault = false } = failure;
        why = `${api}: ${Code}: ${Message}`;
        const fault: Fault = faultOfEntry(Code, Message, SenderFault);
        if (!isRetryable(fault)) {
          refused(entry, codedFault(fault, why));
          continue;
        }
      }
      again.push(entry);
    }
    return { again, why };
  }

  const unknown = (why: string) => new OrreryError(busErrors.BUS_OUTCOME_UNKNOWN, { given: why });
  const closed = () => new OrreryError(busErrors.BUS_CLOSED, { given: "while sending" });

  return {
    post(posting) {
      const { mostBytes } = posting.parcel;
      if (mostBytes > limit) {
        const given = `${mostBytes} bytes with attributes, AWS takes ${limit}`;
        return Promise.reject(new OrreryError(busErrors.BUS_FRAME_TOO_LARGE, { given }));
      }
      const done = Promise.withResolvers<void>();
      waiting.push({ ...posting, done, untilMs: clock.now() + outageMs });
      if (!scheduled) {
        scheduled = true;
        // Whoever posts in this turn of the loop travels together.
        setImmediate(pump);
      }
      return done.promise;
    },
  };
}

const codeFault = (error: OrreryError): Fault =>
  error.code === busErrors.BUS_TOPIC_MISSING.code || error.code === busErrors.BUS_SUBSCRIPTION_MISSING.code
    ? "missing"
    : "rejected";
