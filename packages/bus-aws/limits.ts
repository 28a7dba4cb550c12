import { OrreryError } from "@orrery/wire";
import { busAwsErrors } from "./errors.ts";

/** AWS's own figures (us-east-1, November 2026). An emulator may let more through: nothing beyond is sent. */
export const LIMITS = {
  /** Entries of PublishBatch, SendMessageBatch, DeleteMessageBatch, ChangeMessageVisibilityBatch; messages of a receive. */
  batchEntries: 10,
  /** Message and whole PublishBatch: bodies and attributes' names, types, values, bytes. */
  snsBytes: 262_144,
  /** Message and whole SendMessageBatch, counted alike. */
  sqsBytes: 1_048_576,
  /** A request's payload is billed by these, each begun one whole. */
  chunkBytes: 65_536,
  waitSeconds: 20,
  visibilitySeconds: 43_200,
  delaySeconds: 900,
  queueName: 80,
  topicName: 256,
  /** With raw delivery; with more, SNS discards the message. */
  attributes: 10,
  /** Values of a filter policy, multiplied over its keys. */
  filterValues: 150,
  filterKeys: 5,
  filterBytes: 262_144,
  /** Characters of a group id and a deduplication id. */
  groupId: 128,
  /** Of a queue or a topic. */
  tags: 50,
  tagValue: 256,
} as const;

const FIFO = ".fifo";
const PLAIN = /^[A-Za-z0-9_-]+$/;
/** What XML 1.0 allows: AWS refuses a body with anything else. */
// oxlint-disable-next-line no-control-regex
const BODY = /^[\u{9}\u{A}\u{D}\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]+$/u;

export function beyond(what: string): never {
  throw new OrreryError(busAwsErrors.AWS_LIMIT, { given: what });
}

function checkRange(what: string, value: number, least: number, most: number): void {
  if (!(Number.isInteger(value) && value >= least && value <= most)) {
    beyond(`${what} ${value}, AWS takes ${least}..${most}`);
  }
}

/** @throws AWS_LIMIT */
export const checkWait = (seconds: number) => checkRange("WaitTimeSeconds", seconds, 0, LIMITS.waitSeconds);
/** @throws AWS_LIMIT */
export const checkVisibility = (seconds: number) =>
  checkRange("VisibilityTimeout", seconds, 0, LIMITS.visibilitySeconds);
/** @throws AWS_LIMIT */
export const checkDelay = (seconds: number) => checkRange("DelaySeconds", seconds, 0, LIMITS.delaySeconds);

function checkName(kind: string, name: string, most: number): void {
  const stem = name.endsWith(FIFO) ? name.slice(0, -FIFO.length) : name;
  if (!PLAIN.test(stem) || name.length > most) {
    beyond(`${kind} name "${name}", ${name.length} characters: AWS takes 1..${most} of A-Z a-z 0-9 - _`);
  }
}

/** @throws AWS_LIMIT */
export const checkQueueName = (name: string) => checkName("queue", name, LIMITS.queueName);
/** @throws AWS_LIMIT */
export const checkTopicName = (name: string) => checkName("topic", name, LIMITS.topicName);

/** @throws AWS_LIMIT for characters AWS refuses, or an empty body */
export function checkBody(body: string): void {
  if (!BODY.test(body)) beyond("a body needs at least one character, all of them XML 1.0 characters");
}

/** @throws AWS_LIMIT when there are more than raw delivery keeps */
export function checkAttributes(count: number): void {
  if (count > LIMITS.attributes) {
    beyond(
      `${count} message attributes: raw delivery discards a message with more than ${LIMITS.attributes}`,
    );
  }
}

/** @throws AWS_LIMIT */
export function checkBatch(entries: readonly { readonly bytes: number }[], most: number): void {
  if (entries.length < 1 || entries.length > LIMITS.batchEntries) {
    beyond(`a batch of ${entries.length} entries, AWS takes 1..${LIMITS.batchEntries}`);
  }
  let bytes = 0;
  for (const entry of entries) bytes += entry.bytes;
  if (bytes > most) beyond(`a batch of ${bytes} bytes, AWS takes ${most}`);
}

/** Requests that this payload is billed as. */
export const chunksOf = (bytes: number) => Math.max(1, Math.ceil(bytes / LIMITS.chunkBytes));
