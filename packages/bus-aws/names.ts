import { createHash } from "node:crypto";
import type { Topic } from "@orrery/bus";
import type { FrameHead, Lane } from "@orrery/wire";
import { checkQueueName, checkTopicName, LIMITS } from "./limits.ts";

const PLAIN = /^[A-Za-z0-9-]+$/;
const HASH = 10;

const digest = (text: string) => createHash("sha256").update(text).digest("hex");

/** Any text as part of a name: what AWS does not take, or is too long, becomes readable text and a hash. */
function part(text: string, most: number): string {
  if (PLAIN.test(text) && text.length <= most) return text;
  const readable = text.replaceAll(/[^A-Za-z0-9-]/g, "-").slice(0, Math.max(1, most - HASH - 1));
  return `${readable}_${digest(text).slice(0, HASH)}`;
}

/** Names of everything that one deployment keeps at AWS. */
export type Names = ReturnType<typeof createNames>;

export function createNames(prefix: string, fifo: ReadonlySet<Lane>) {
  const suffix = "-events-owner.fifo";
  const stem = (id: string) => {
    const slash = id.indexOf("/");
    const service = part(slash < 0 ? id : id.slice(0, slash), 24);
    const room = LIMITS.queueName - prefix.length - service.length - suffix.length - 2;
    return `${prefix}-${service}_${part(slash < 0 ? "-" : id.slice(slash + 1), room)}`;
  };
  const checked = (name: string) => {
    checkQueueName(name);
    return name;
  };
  return {
    prefix,
    /** Every queue and topic of ours begins so. */
    begin: `${prefix}-`,
    queue: (id: string, order: "key" | "none") =>
      checked(`${stem(id)}-events${order === "key" ? ".fifo" : ""}`),
    deadLetters: (queue: string) =>
      checked(queue.endsWith(".fifo") ? `${queue.slice(0, -5)}-dlq.fifo` : `${queue}-dlq`),
    /** Where the token of an ordered subscription lies. */
    owner: (queue: string) => checked(`${queue.slice(0, -5)}-owner.fifo`),
    isQueue: (name: string) => name.startsWith(`${prefix}-`) && /-events(\.fifo)?$/.test(name),
    isTopic: (name: string) => name.startsWith(`${prefix}-`) && /-events(\.fifo)?$/.test(name),
    topic({ service, lane }: Topic): string {
      const room = LIMITS.topicName - prefix.length - 24;
      const name = `${prefix}-${part(service || "-", room)}-events${fifo.has(lane) ? ".fifo" : ""}`;
      checkTopicName(name);
      return name;
    },
    isFifo: (name: string) => name.endsWith(".fifo"),
    /** Frames of one publisher keep their order: a key is written by one publisher at a time. */
    group: (head: FrameHead) => label(head.publisher),
    frameId: (head: FrameHead) => label(`${head.publisher}/${head.firstSequence}/${head.count}`),
  };
}

/** A group or deduplication id: 1..128 letters, digits and punctuation. */
function label(text: string): string {
  return /^[\x21-\x7e]{1,128}$/.test(text) && text.length <= LIMITS.groupId ? text : digest(text);
}
