import { busErrors, type Clock, frameHead, type Topic } from "@orrery/bus";
import { type FrameHead, OrreryError } from "@orrery/wire";
import type { Calls } from "./calls.ts";
import type { Subscriptions } from "./known.ts";
import { LIMITS } from "./limits.ts";
import { parcelOf } from "./message.ts";
import type { Names } from "./names.ts";
import type { Resolved } from "./options.ts";
import { createOutbox, type Outbox, type Posting } from "./outbox.ts";
import type { Streams } from "./streams.ts";

export interface Publishing {
  send(frames: readonly Uint8Array[]): Promise<void>;
}

export interface PublishTerms {
  readonly calls: Calls;
  readonly clock: Clock;
  readonly names: Names;
  readonly streams: Streams;
  readonly subscriptions: Subscriptions;
  readonly options: Resolved;
  readonly maxFrameBytes: number;
  /** It is kept. */
  published(head: FrameHead): void;
  readonly closing: AbortSignal;
}

interface Prepared {
  readonly head: FrameHead;
  readonly outbox: Outbox;
  readonly posting: Posting;
}

/** Domain of frames whose types share none. */
const MIXED = "mixed";

export function createPublishing(terms: PublishTerms): Publishing {
  const { calls, clock, names, streams, subscriptions, options, maxFrameBytes, published, closing } = terms;
  const outboxes = new Map<string, Outbox>();
  const direct = new Map(
    options.direct.map(({ service, lane, subscription }) => [`${service}/${lane}`, subscription]),
  );
  let waitingBytes = 0;

  function outboxOf(topic: Topic): Outbox {
    const name = `${topic.service}/${topic.lane}`;
    let made = outboxes.get(name);
    if (made !== undefined) return made;
    const subscription = direct.get(name);
    made = createOutbox(
      calls,
      clock,
      subscription === undefined
        ? {
            service: "sns",
            entries: options.publishEntries,
            address: () => streams.ensure(topic),
            missing: () => streams.forget(topic),
          }
        : {
            service: "sqs",
            entries: LIMITS.batchEntries,
            address: async () => (await subscriptions.known(subscription)).queue.url,
            missing: () => subscriptions.forget(subscription),
          },
      options.outageMs,
      closing,
    );
    outboxes.set(name, made);
    return made;
  }

  /** What must be there before it is sent: topic, attachments, note of the domain. */
  async function prepared(frame: Uint8Array, head: FrameHead): Promise<Prepared> {
    const topic = { service: head.source, lane: head.lane };
    const toQueue = direct.get(`${head.source}/${head.lane}`);
    const target =
      toQueue === undefined ? names.topic(topic) : (await subscriptions.known(toQueue)).queue.name;
    if (toQueue === undefined) {
      for (const domain of domainsIn(head.types)) await streams.ready(topic, domain);
    }
    return {
      head,
      outbox: outboxOf(topic),
      posting: {
        parcel: parcelOf(frame, options.frames, { head }),
        ...(names.isFifo(target) && { group: names.group(head), dedupId: names.frameId(head) }),
      },
    };
  }

  return {
    async send(frames) {
      if (closing.aborted) throw new OrreryError(busErrors.BUS_CLOSED, { given: "publish" });
      let bytes = 0;
      const outgoing = frames.map((frame) => {
        if (frame.length > maxFrameBytes) {
          throw new OrreryError(busErrors.BUS_FRAME_TOO_LARGE, {
            given: `${frame.length} bytes, limit ${maxFrameBytes}`,
          });
        }
        bytes += frame.length;
        return { frame, head: frameHead(frame) };
      });
      if (waitingBytes > 0 && waitingBytes + bytes > options.outageBytes) {
        throw new OrreryError(busErrors.BUS_THROTTLED, {
          given: `${waitingBytes} bytes wait for AWS, limit ${options.outageBytes}`,
        });
      }
      waitingBytes += bytes;
      try {
        const ready: Prepared[] = [];
        for (const { frame, head } of outgoing) ready.push(await prepared(frame, head));
        // Posted in one go: nothing comes between frames of one call.
        const outcomes = await Promise.allSettled(
          ready.map(({ outbox, posting, head }) => outbox.post(posting).then(() => published(head))),
        );
        const refused = outcomes.find(({ status }) => status === "rejected");
        if (refused?.status === "rejected") throw refused.reason;
      } finally {
        waitingBytes -= bytes;
      }
    },
  };
}

function domainsIn(types: readonly string[]): Set<string> {
  const domains = types.map((type) => type.slice(0, type.indexOf(".") < 0 ? undefined : type.indexOf(".")));
  return new Set(domains.length === 0 ? [MIXED] : domains);
}
