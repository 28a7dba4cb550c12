import { OrreryError } from "@orrery/wire";
import type { ConnectionOptions } from "@nats-io/transport-node";
import { busNatsErrors } from "./errors.ts";

export interface NatsOptions {
  /** `127.0.0.1:4222`, or several of one cluster. */
  readonly servers: string | readonly string[];
  /** Sets deployments on one server apart: letters, digits, `_` and `-`. Default `orrery`. */
  readonly prefix?: string;
  /** User, password, token, TLS and whatever else the NATS client takes. */
  readonly connection?: Omit<ConnectionOptions, "servers">;
  /** 1..300, default 30. */
  readonly leaseSeconds?: number;
  /** Copies of every stream, 1, 3 or 5; default 1. */
  readonly replicas?: number;
  /** `memory` keeps nothing over a restart of the server. Default `file`. */
  readonly storage?: "file" | "memory";
  /**
   * What the server's `sync_interval` is: `always` makes an acknowledgement `synced`. The client's protocol does
   * not tell it; with `monitor` it is read from the server instead. Default: not known, taken for `periodic`.
   */
  readonly sync?: "always" | "periodic";
  /** The server's monitoring address, `http://127.0.0.1:8222`. */
  readonly monitor?: string;
  /** For how long the server itself drops a frame sent twice, ms. Default 120,000. */
  readonly dedupMs?: number;
  /** Frames older than this are dropped by the server, handled or not, ms. Default 0: never. */
  readonly maxAgeMs?: number;
  /** How long a publish is tried while no server answers, ms; then it rejects as retryable. Default 15,000. */
  readonly outageMs?: number;
  /** Frames that may wait for their acknowledgement, bytes; more are refused as throttled. Default 64 MiB. */
  readonly outageBytes?: number;
}

export type Resolved = Required<Omit<NatsOptions, "connection" | "monitor" | "sync">> &
  Pick<NatsOptions, "connection" | "monitor" | "sync">;

const MEBIBYTE = 1024 * 1024;

export function resolveOptions(given: NatsOptions): Resolved {
  const resolved: Resolved = {
    prefix: "orrery",
    leaseSeconds: 30,
    replicas: 1,
    storage: "file",
    dedupMs: 120_000,
    maxAgeMs: 0,
    outageMs: 15_000,
    outageBytes: 64 * MEBIBYTE,
    ...given,
  };
  const refuse = (what: string) => {
    throw new OrreryError(busNatsErrors.NATS_BAD_OPTION, { given: what });
  };
  const { prefix, leaseSeconds, replicas } = resolved;
  if (!/^[A-Za-z0-9_-]+$/.test(prefix)) refuse(`prefix "${prefix}": letters, digits, _ and -`);
  if (!(leaseSeconds >= 1 && leaseSeconds <= 300)) refuse(`leaseSeconds ${leaseSeconds}, range 1..300`);
  if (![1, 3, 5].includes(replicas)) refuse(`replicas ${replicas}: 1, 3 or 5`);
  return resolved;
}
