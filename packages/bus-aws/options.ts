import { OrreryError, type Lane } from "@orrery/wire";
import type { Log } from "@orrery/bus";
import { busAwsErrors } from "./errors.ts";
import { LIMITS, checkVisibility, checkWait } from "./limits.ts";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A stream that only one subscription reads: its frames go to that queue at once, without a topic. */
export interface Direct {
  readonly service: string;
  readonly lane: Lane;
  readonly subscription: string;
}

export interface AwsOptions {
  /** Default `us-east-1`. */
  readonly region?: string;
  /** `http://127.0.0.1:4566` of an emulator; absent: AWS itself. */
  readonly endpoint?: string;
  /** Absent: the SDK's own chain (environment, task role, profile). */
  readonly credentials?: Credentials;
  /** First part of every name, 1..24 letters, digits and `-`. Default `gaming-system`. */
  readonly prefix?: string;
  /**
   * How frames travel: `attribute`, as bytes in a Binary attribute beside a body of one character; `base64`, as
   * text in the body, a third larger. Either is read. Default `base64`: what AWS counts a Binary attribute as is
   * not written anywhere, and emulators lose it in PublishBatch.
   */
  readonly frames?: "attribute" | "base64";
  /** Messages of one PublishBatch, 1..10; with 1 it is Publish. Default 10. */
  readonly publishEntries?: number;
  /** Lanes whose topics keep the order of each publisher; ordered subscriptions need all three. Default all. */
  readonly fifo?: readonly Lane[];
  readonly direct?: readonly Direct[];
  /** `create` what is missing, or only `check` that somebody deployed it. Default `create`. */
  readonly topology?: "create" | "check";
  /** 1..43,199, default 30. */
  readonly leaseSeconds?: number;
  /** How long a receive waits for a message, 0..20 s; default 20. */
  readonly waitSeconds?: number;
  /**
   * Pause after a receive that brought something but not ten, ms, so that the next one brings more: each is billed.
   * 0..1,000, default 20; it is the price in latency.
   */
  readonly receiveLingerMs?: number;
  /** Longest wait of a settled frame for others to be deleted with it, ms. Default 100. */
  readonly deleteLingerMs?: number;
  /** Receives after which SQS itself sets a message apart, 1..1,000: the net below the bus's own attempts. Default 100. */
  readonly maxReceives?: number;
  /** How long a call is tried while AWS does not answer or throttles, ms; then it rejects as retryable. Default 15,000. */
  readonly outageMs?: number;
  /** Frames that may wait to be taken by AWS, bytes; more are refused as throttled. Default 64 MiB. */
  readonly outageBytes?: number;
  readonly log?: Log;
}

export type Resolved = Required<Omit<AwsOptions, "endpoint" | "credentials">> &
  Pick<AwsOptions, "endpoint" | "credentials">;

const unlogged: Log = { info: () => {}, warn: () => {}, error: () => {} };
const MEBIBYTE = 1024 * 1024;
const LANES: readonly Lane[] = ["realtime", "standard", "bulk"];

/** @throws AWS_BAD_OPTION, AWS_LIMIT */
export function resolveOptions(given: AwsOptions): Resolved {
  const resolved: Resolved = {
    region: "us-east-1",
    prefix: "gaming-system",
    frames: "base64",
    publishEntries: LIMITS.batchEntries,
    fifo: LANES,
    direct: [],
    topology: "create",
    leaseSeconds: 30,
    waitSeconds: 20,
    receiveLingerMs: 20,
    deleteLingerMs: 100,
    maxReceives: 100,
    outageMs: 15_000,
    outageBytes: 64 * MEBIBYTE,
    log: unlogged,
    ...given,
  };
  const refuse = (what: string) => {
    throw new OrreryError(busAwsErrors.AWS_BAD_OPTION, { given: what });
  };
  const { prefix, leaseSeconds, waitSeconds, maxReceives, deleteLingerMs, receiveLingerMs, publishEntries } =
    resolved;
  if (!/^[A-Za-z0-9-]{1,24}$/.test(prefix)) refuse(`prefix "${prefix}": 1..24 letters, digits and -`);
  if (!(leaseSeconds >= 1)) refuse(`leaseSeconds ${leaseSeconds}, range 1..43,199`);
  checkVisibility(visibilityOf(leaseSeconds));
  checkWait(waitSeconds);
  if (!(maxReceives >= 1 && maxReceives <= 1_000)) refuse(`maxReceives ${maxReceives}, range 1..1,000`);
  if (!(deleteLingerMs >= 0 && deleteLingerMs <= 1_000))
    refuse(`deleteLingerMs ${deleteLingerMs}, range 0..1,000`);
  if (!(receiveLingerMs >= 0 && receiveLingerMs <= 1_000))
    refuse(`receiveLingerMs ${receiveLingerMs}, range 0..1,000`);
  if (!(publishEntries >= 1 && publishEntries <= LIMITS.batchEntries))
    refuse(`publishEntries ${publishEntries}, range 1..${LIMITS.batchEntries}`);
  for (const lane of resolved.fifo) if (!LANES.includes(lane)) refuse(`fifo lane "${lane}"`);
  return resolved;
}

/** AWS counts from when it answered: a second more than members count on. */
export const visibilityOf = (leaseSeconds: number) => Math.ceil(leaseSeconds) + 1;
