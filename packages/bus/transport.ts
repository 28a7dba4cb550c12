import type { Lane } from "@orrery/wire";

/**
 * The seam: what a broker must be able to do, and nothing else. Publisher, retry, dead letters, order, drain
 * and lag figures are written once above it. A transport sees of an event only what stands in its frame's
 * header. It rejects what it cannot do with `BUS_FEATURE_MISSING`, and never pretends.
 */
export interface Transport {
  readonly features: Features;
  /**
   * Makes sure that these topics and subscriptions exist: a transport that may create them does, another
   * checks. Rejects with `BUS_TOPIC_MISSING` or `BUS_SUBSCRIPTION_MISSING` and what to do. Idempotent.
   */
  ensure(topology: Topology): Promise<void>;
  /**
   * Resolves when every frame is kept by `features.ackDurability`. Frames of one call and one lane stay in
   * order. A rejection leaves open whether they are kept: the caller sends them again, readers drop doubles.
   */
  publish(frames: readonly Uint8Array[]): Promise<void>;
  /** Joins the subscription as one member; several members share it, or stand by when it is ordered. */
  open(spec: SubscriptionSpec): Promise<Consumer>;
  /** Sends one frame to this subscription only, after `delayMs`: retries, remainders and redrives. */
  requeue(subscription: string, frame: Uint8Array, terms: RequeueTerms): Promise<void>;
  /**
   * Resolves when the copy is kept; only then may the original be settled. One id is kept once: the answer is the
   * copy that is kept, which may be an earlier one. Whatever can be delivered fits, however large.
   */
  deadLetter(subscription: string, letter: NewDeadLetter): Promise<DeadLetter>;
  /** In order of entry id; `after` is the last entry id of the page before. */
  deadLetters(subscription: string, page: DeadLetterQuery): Promise<readonly DeadLetter[]>;
  /** Takes one out for good (resolved or discarded). Rejects with `BUS_DEAD_LETTER_UNKNOWN`. */
  removeDeadLetter(subscription: string, entryId: string): Promise<void>;
  /**
   * Takes a letter out, should it be there, whose redrive has come to its end: a delivery from before the redrive may
   * have written it once more. Absent: no delivery outlives a
   * redrive there, or looking for one would keep others from theirs.
   */
  dropDeadLetter?(subscription: string, entryId: string): Promise<void>;
  /** Every subscription this transport knows, whoever made it. */
  subscriptions(): Promise<readonly SubscriptionSpec[]>;
  /** @param detail `open`: publishers of which nothing waits need not be told of, if that is cheaper */
  lag(subscription: string, detail?: "open"): Promise<TransportLag>;
  /**
   * Takes a subscription away for good: its position, what waits in it, its dead letters. Rejects with
   * `BUS_SUBSCRIPTION_MISSING`, and with `BUS_SUBSCRIPTION_IN_USE` while a member of it is known to live.
   */
  remove(subscription: string): Promise<void>;
  /** What it counted since it was opened and only it can know, like calls that somebody bills. */
  counters?(): readonly TransportCounter[];
  /** An id that the broker keeps for whoever uses it, so that a data folder knows its own; absent: it lies in the folder. */
  readonly identity?: TransportIdentity;
  /** What is wrong with the broker or was lost there, as far as this process sees; empty: nothing. */
  problems?(): readonly TransportProblem[];
  /** Hands every lease back and releases what is held. Idempotent. */
  close(): Promise<void>;
}

export interface TransportIdentity {
  /** Undefined: it has none yet, or lost it. */
  get(): Promise<string | undefined>;
  /** Keeps it, also if the broker should lose it while this process runs. */
  set(id: string): Promise<void>;
}

export interface TransportProblem {
  /** A sentence: what is so, and what to do. */
  readonly what: string;
  /** Events go on all the same: somebody should look. */
  readonly isServing: boolean;
}

/** One series of a counter. */
export interface TransportCounter {
  /** `orrery_aws_calls_total`; the same names at every call. */
  readonly name: string;
  readonly help: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a transport promises: the truth, not the hope. The conformance suite runs exactly what is claimed. */
export interface Features {
  /** Kind of the transport, for health and logs; nothing may branch on it. */
  readonly name: string;
  /** What is acknowledged outlives the process. */
  readonly durable: boolean;
  /** Ordered subscriptions see each publisher's frames in order, also after a lease changed hands. */
  readonly orderedByKey: boolean;
  /** For how long the transport itself drops a frame sent twice, ms; 0: never, readers do. */
  readonly dedupWindow: number;
  /** Largest payload of one event, bytes. */
  readonly maxEventBytes: number;
  /** Largest frame, bytes. */
  readonly maxFrameBytes: number;
  /** Size at which a frame costs least, bytes: lanes cut there unless told otherwise. Absent: 65,536. */
  readonly frameBytes?: number;
  /** Longest delay of a delivery or a requeued frame, ms; 0: none. */
  readonly delay: number;
  /**
   * A new subscription may begin with what was published before it (`from: "earliest"`). Without it, `ensure`
   * rejects such a subscription with `BUS_FEATURE_MISSING` unless nothing for it was published yet.
   */
  readonly replay: boolean;
  /** Dead letters can be sent to their subscription again. */
  readonly redrive: boolean;
  readonly requestReply: boolean;
  /** How long a delivery stays with a member that does not renew it. */
  readonly leaseSeconds: number;
  readonly ackDurability: "memory" | "replicated-unsynced" | "synced";
  /** What else is known of it, for people: how many copies, what nobody could find out. */
  readonly durabilityNote?: string;
  /** Each frame costs money or a round trip: the publisher then waits its lane's whole linger to fill it. */
  readonly billedPerFrame: boolean;
}

/** One stream of frames: what one service says in one lane. */
export interface Topic {
  readonly service: string;
  readonly lane: Lane;
}

export interface SubscriptionSpec {
  /** `<service>/<handler>`, the name its position is kept under. */
  readonly id: string;
  /** Canonical types, or globs: `weather.*`, `*`. At least one. */
  readonly types: readonly string[];
  /** Only these worlds; absent: all. */
  readonly worlds?: readonly string[];
  /** `key`: one active member, publish order. `none`: members share the frames. */
  readonly order: "key" | "none";
  /** Where a subscription that is not known yet begins. */
  readonly from: "earliest" | "latest";
  /**
   * It lives as long as its one member: what came while nobody was there is of no use. A broker on which something
   * must be made for each subscription takes it away when the member leaves, or some time after it died.
   */
  readonly ephemeral?: boolean;
  /**
   * Of an ordered one: whoever opens it knows by other means that the active member is not to go on, and is not harmed by
   * what that one still has in hand. A broker that can lets it be the active one at once; else it waits for the lease.
   */
  readonly takesOver?: boolean;
}

export interface Topology {
  readonly topics: readonly Topic[];
  readonly subscriptions: readonly SubscriptionSpec[];
}

export interface Consumer {
  /** An ordered subscription's other members wait until the active one leaves or loses its lease. */
  readonly standby: boolean;
  /**
   * Waits for at least one delivery; empty only when `signal` aborts or the consumer is closed. At most
   * `maxFrames`, together at most `maxBytes` (which is at least `features.maxFrameBytes`).
   */
  pull(maxFrames: number, maxBytes: number, signal: AbortSignal): Promise<readonly Delivery[]>;
  /** Leaves the subscription; what is still leased goes to others at once. */
  close(): Promise<void>;
}

/** One frame, leased. */
export interface Delivery {
  readonly frame: Uint8Array;
  /** 1 at first; one more after each delay or lost lease; for a requeued frame what `requeue` said, then more. */
  readonly attempt: number;
  /** How often it was redriven from the dead letters. */
  readonly generation: number;
  /** Unique per lease, not per frame. */
  readonly leaseId: string;
  /** Unix ms of the transport's clock. */
  readonly leaseExpiresMs: number;
  /** Done for good. Rejects with `BUS_LEASE_LOST` when the lease had passed on. May answer without a promise. */
  settle(): Promise<void> | undefined;
  /** Hands it back, to come again not before `ms` from now; on an ordered subscription what follows waits. */
  delay(ms: number): Promise<void>;
  /** Extends the lease; the new expiry, Unix ms. Rejects with `BUS_LEASE_LOST`. */
  renew(): Promise<number>;
}

export interface RequeueTerms {
  /** 0..`features.delay`. */
  readonly delayMs: number;
  /** What the delivery's `attempt` shall be. */
  readonly attempt: number;
  readonly generation: number;
  /** Dead letter that this redrives: it is removed with the send, atomically where the broker can. */
  readonly entryId?: string;
}

export type DeadLetterReason = "MAX_ATTEMPTS" | "UNDECODABLE" | "UNKNOWN_TYPE" | "REJECTED" | "EXPIRED";

/** One event that its subscription gave up. */
export interface NewDeadLetter {
  readonly reason: DeadLetterReason;
  /** Code of the last error; `UNCODED` if it had none. */
  readonly code: string;
  readonly message: string;
  /** Handler runs, 0 when it could not be read. */
  readonly attempts: number;
  /** Unix ms of the first and the last attempt. */
  readonly firstMs: number;
  readonly lastMs: number;
  readonly generation: number;
  readonly publisher: string;
  readonly sequence: number;
  /** When it was published, Unix ms; 0 when that could not be read. */
  readonly publishedMs: number;
  /** Empty when the frame could not be read. */
  readonly type: string;
  readonly key: string;
  readonly world: string;
  /** A frame that holds just this event, bytes of the payload as published; or the unreadable frame itself. */
  readonly frame: Uint8Array;
  /** The event's bytes as published; the whole frame when that could not be read. */
  readonly payload: Uint8Array;
  readonly contentType: "protobuf" | "json" | "frame";
  readonly traceparent: string;
  /** `<publisher>/<first sequence>` of the frame it came in. */
  readonly frameId: string;
}

export interface DeadLetter extends NewDeadLetter {
  /**
   * `letterId` of it: by publisher, sequence and generation, the same at every broker. Text order is the order of
   * publication.
   */
  readonly entryId: string;
}

export interface DeadLetterQuery {
  readonly after?: string;
  /** 1..1,000. */
  readonly limit: number;
}

export interface TransportLag {
  /** Events of matching frames that are not settled. */
  readonly events: number;
  readonly frames: number;
  /** When the oldest of them was published, Unix ms; undefined when there is none. */
  readonly oldestMs: number | undefined;
  /** Frames that wait for a retry or a redrive. */
  readonly requeued: number;
  readonly deadLetters: number;
  readonly publishers: readonly PublisherLag[];
}

export interface PublisherLag {
  readonly publisher: string;
  /** In which world it speaks; may be empty when nothing of it waits. */
  readonly world: string;
  /** Last sequence of its newest matching frame. */
  readonly head: number;
  /** Everything up to here is settled. */
  readonly handled: number;
  readonly events: number;
}
