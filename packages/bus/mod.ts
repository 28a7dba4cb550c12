export * from "./bus.ts";
export { type Clock, systemClock, within } from "./clock.ts";
export type { Waiting } from "./waiting.ts";
export { eventLetter, frameLetter } from "./dead-letter.ts";
export type { Delivered } from "./delivered.ts";
export { busErrors } from "./errors.ts";
export { explainRetry } from "./explain.ts";
export { frameFilter, typeFilter } from "./filter.ts";
export type { FrameBatch } from "./frame-batch.ts";
export { frameHead } from "./head.ts";
export { letterId } from "./letter-id.ts";
export { type Disk, realDisk, syncFolder, writeAll } from "./embedded/disk.ts";
export type { Damage } from "./embedded/log-record.ts";
export { type EmbeddedOptions, openEmbeddedTransport } from "./embedded/transport.ts";
export type { Disorder, Faults } from "./memory/faults.ts";
export { seededNumbers } from "./memory/faults.ts";
export { createMemoryTransport, type MemoryOptions } from "./memory/transport.ts";
export type { Labels, Log, Observe } from "./observe.ts";
export { ownThread } from "./own-thread.ts";
export type { Publisher } from "./publisher.ts";
export type { PublisherOptions, PublishOptions } from "./publisher-options.ts";
export type { RedriveOptions, RedriveReport } from "./redrive.ts";
export {
  type Backoff,
  defaultRetryPlan,
  EventFailed,
  EventsFailed,
  GivenUpBefore,
  isTriedAgain,
  maxAttempts,
  RejectEvent,
  type RetryOptions,
  type RetryPlan,
} from "./retry.ts";
export type { StatusFeed, SubscriptionState, SubscriptionStatus } from "./status.ts";
export type { DrainReport, Subscription } from "./subscription.ts";
export type { SubscribeOptions } from "./subscription-options.ts";
export { subsetFrame } from "./subset.ts";
export type * from "./transport.ts";
export type { Trouble } from "./troubles.ts";
export { type VirtualClock, virtualClock } from "./virtual-clock.ts";
