import { OrreryError } from "@orrery/wire";
import type { Delivered } from "./delivered.ts";
import { busErrors } from "./errors.ts";
import type { FrameBatch } from "./frame-batch.ts";
import { type RetryOptions, type RetryPlan, retryPlan } from "./retry.ts";
import type { Features, NewDeadLetter, SubscriptionSpec } from "./transport.ts";

export interface SubscribeOptions {
  /** `<service>/<handler>`. */
  readonly id: string;
  /** Canonical types, or globs: `weather.*`, `*`. At least one. */
  readonly types: readonly string[];
  /** Only these worlds; absent: all. */
  readonly worlds?: readonly string[];
  /** `key`: one active member, each key in publish order. `none`: members share the work. */
  readonly order: "key" | "none";
  /** Where a subscription that is not known yet begins. Default `earliest`. */
  readonly from?: "earliest" | "latest";
  /** It ends with its one member: a copy's own view. Default false. */
  readonly ephemeral?: boolean;
  /** Of an ordered one: the active member, should there be one, is not to go on. Default false. */
  readonly takesOver?: boolean;
  /** Frames leased at a time, 1..10,000. Default 32. */
  readonly prefetch?: number;
  /** Bytes leased at a time; at least the transport's largest frame. Default 8 MiB. */
  readonly prefetchBytes?: number;
  /** Handlers running at a time, 1..100,000. Default 1 when ordered, else 16. */
  readonly concurrency?: number;
  readonly retry?: RetryOptions;
  /** Events older than this become dead letters unhandled, ms. Default: never. */
  readonly maxAgeMs?: number;
  /** Answers go back to who asked. Needs `features.requestReply`; no transport here has it: requests are RPC. */
  readonly reply?: boolean;
  /** How personal fields come: `open` reads them, `sealed` gets the bytes as published. Default open. */
  readonly personal?: "open" | "sealed";
  /** Called for each event. What it returns without a promise costs no turn of the loop. */
  readonly handle?: (event: Delivered) => unknown;
  /** Called for each frame with its wanted events; throws `EventsFailed` to fail some of them. */
  readonly handleFrame?: (batch: FrameBatch) => unknown;
  /**
   * Awaited before a dead letter is kept, and tried until it resolves: what it writes down stands when the process dies
   * in between, so that the event is not both given up and, coming again, handled.
   */
  readonly givingUp?: (letter: NewDeadLetter) => Promise<void>;
}

export interface ResolvedOptions {
  readonly spec: SubscriptionSpec;
  readonly prefetch: number;
  readonly prefetchBytes: number;
  readonly concurrency: number;
  readonly retry: RetryPlan;
  readonly maxAgeMs: number;
  readonly personal: "open" | "sealed";
  readonly handle: ((event: Delivered) => unknown) | undefined;
  readonly handleFrame: ((batch: FrameBatch) => unknown) | undefined;
  readonly givingUp: ((letter: NewDeadLetter) => Promise<void>) | undefined;
}

const DEFAULT_PREFETCH = 32;
const DEFAULT_PREFETCH_BYTES = 8 * 1024 * 1024;
const DEFAULT_CONCURRENCY = 16;

/** Checks ranges against the transport's features. Throws `BUS_BAD_OPTION` or `BUS_FEATURE_MISSING`. */
export function resolveOptions(options: SubscribeOptions, features: Features): ResolvedOptions {
  const bad = (given: string): never => {
    throw new OrreryError(busErrors.BUS_BAD_OPTION, { given: `${options.id}: ${given}` });
  };
  const missing = (given: string): never => {
    throw new OrreryError(busErrors.BUS_FEATURE_MISSING, {
      given: `${options.id}: ${given}, ${features.name}`,
    });
  };
  const ordered = options.order === "key";
  const prefetch = options.prefetch ?? DEFAULT_PREFETCH;
  const prefetchBytes = Math.max(options.prefetchBytes ?? DEFAULT_PREFETCH_BYTES, features.maxFrameBytes);
  const concurrency = options.concurrency ?? (ordered ? 1 : DEFAULT_CONCURRENCY);
  if (!/^[a-z0-9-]+(\/[A-Za-z0-9._-]+)+$/.test(options.id)) bad("an id is <service>/<handler>");
  if (options.types.length === 0) bad("types is empty");
  if ((options.handle === undefined) === (options.handleFrame === undefined))
    bad("give handle or handleFrame");
  if (!(prefetch >= 1 && prefetch <= 10_000)) bad(`prefetch ${prefetch}, range 1..10,000`);
  if (!(concurrency >= 1 && concurrency <= 100_000)) bad(`concurrency ${concurrency}, range 1..100,000`);
  if (ordered && options.handleFrame !== undefined && concurrency > 1) {
    bad("an ordered subscription handles one frame at a time: leave concurrency out");
  }
  if (ordered && !features.orderedByKey) missing('order "key"');
  if (options.reply === true && !features.requestReply) missing("reply");
  const from = options.from ?? (features.replay ? "earliest" : "latest");
  return {
    spec: {
      id: options.id,
      types: options.types,
      ...(options.worlds === undefined ? {} : { worlds: options.worlds }),
      order: options.order,
      from,
      ...(options.ephemeral === undefined ? {} : { ephemeral: options.ephemeral }),
      ...(options.takesOver === undefined ? {} : { takesOver: options.takesOver }),
    },
    prefetch,
    prefetchBytes,
    concurrency,
    retry: retryPlan(options.retry, ordered ? Infinity : features.delay),
    maxAgeMs: options.maxAgeMs ?? Infinity,
    personal: options.personal ?? "open",
    handle: options.handle,
    handleFrame: options.handleFrame,
    givingUp: options.givingUp,
  };
}
