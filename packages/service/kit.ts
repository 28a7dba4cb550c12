import type { DescService } from "@bufbuild/protobuf";
import type { Client } from "@connectrpc/connect";
import type { Bus, Clock } from "@orrery/bus";
import type { SnapshotRequest } from "@orrery/schema/router/v1";
import type { AskShardRequest, AskShardsRequest } from "@orrery/schema/simulation/v1";
import type { Codec } from "@orrery/wire";
import type { Health, HealthReport } from "./health.ts";
import type { Logger } from "./log.ts";
import type { Personal } from "./personal/personal.ts";
import type { Rebuild } from "./projecting/rebuild.ts";
import type { Directory } from "./rpc/directory.ts";
import type { Call } from "./rpc/serve.ts";
import type { SnapshotOf } from "./rpc/snapshot.ts";
import type { Outbox } from "./store/outbox.ts";
import type { Store } from "./store/store.ts";
import type { Metrics } from "./telemetry.ts";

/** What a running service is given. */
export interface Kit<C = unknown> {
  readonly service: string;
  readonly config: C;
  /** Unix ms, running evenly; for infrastructure only, world logic gets its time from events. */
  readonly clock: Clock;
  /** What time it is on this host, Unix ms: goes with the host's clock when that is set. */
  hostMs(): number;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly health: Health;
  readonly store: Store;
  readonly outbox: Outbox;
  readonly bus: Bus;
  /** Digest of the contracts in use, stamped into frames. */
  readonly fingerprint: string;
  /** What code runs, by its commit. */
  readonly codeVersion: string;
  /**
   * Version of the code that a module reaches, itself among it: recorded with all that it handled, so that a start and a
   * replay know what they compare.
   * @param module URL or path
   */
  versionOf(module: string): Promise<string>;
  /** An operator takes on what this service's code makes of inputs that other code handled. */
  readonly adopts: boolean;
  /** Names this process among those that run the same service; leases are held under it. */
  readonly instance: string;
  /** Folder for files of the service's own; undefined when nothing may touch the disk. */
  readonly folder: string | undefined;
  /** Which services answer which contracts; for the edge. */
  readonly directory: Directory;
  /** Seals and opens fields marked `personal`. The bus does it by itself; this is for who keeps messages. */
  readonly personal: Personal;
  /** The services of this deployment and how they are, this one among them. */
  peers(): readonly Peer[];
  /** Typed calls to another service, made in this service's name. */
  client<S extends DescService>(service: S): Client<S>;
  /** Typed calls to the copies of this service in other processes, whichever takes them; undefined: there are none. */
  elsewhere<S extends DescService>(service: S): Client<S> | undefined;
  /** The running form of one of the service's own parts. */
  part<R>(part: Part<R>): R;
}

/** What a service may know of another one beside it. */
export interface Peer {
  readonly id: string;
  readonly summary: string;
  readonly publishes: readonly string[];
  readonly subscribes: readonly string[];
  /** Names of its aggregates that keep a state of each world, and record what it takes in. */
  readonly aggregates: readonly string[];
  report(): Promise<HealthReport>;
}

/**
 * Something that runs inside a service: an aggregate, a driver, a subscription. Parts start in the order of the
 * definition and stop in reverse.
 */
export interface Part<R = unknown> {
  readonly name: string;
  readonly publishes: readonly Codec[];
  /** Canonical types, or globs (`weather.*`, `*`). */
  readonly subscribes: readonly string[];
  /**
   * How what it hears is kept for it while it does not run, from before its first start on. Absent: what is said
   * meanwhile is of no use to it, or it hears nothing. An aggregate has it by being one.
   */
  readonly durable?: Durable;
  /** What who comes now is told of it, where its service does not say so itself. */
  readonly snapshot?: (request: SnapshotRequest, call: Call) => Promise<SnapshotOf>;
  /** Names of parts without which its service cannot do what this one lets it. */
  readonly needs?: readonly string[];
  /** Of an aggregate: whether it has a state of each world, or one of the platform. */
  readonly of?: "world" | "platform";
  /** Of an aggregate: how many shards a world may have at most; each has a writer and a subscription of its own. */
  readonly copies?: number;
  /** Of an aggregate: answers a question from the state of a shard that is here. */
  readonly ask?: (kit: Kit, request: AskShardRequest) => Promise<Uint8Array>;
  /** The same of all shards of a world, wherever they are. */
  readonly askAll?: (kit: Kit, request: AskShardsRequest) => Promise<readonly Uint8Array[]>;
  /** Of a read model: builds it again from the journal while it goes on. */
  readonly rebuild?: Rebuild;
  start(kit: Kit): Promise<Running<R>>;
}

/** Of a subscription that outlives whoever reads it. */
export interface Durable {
  /** What it is called by behind the service's id. Default: the part's name. */
  readonly as?: string;
  readonly order: "key" | "none";
  /** Every copy of the service hears all. Default: copies share it. */
  readonly eachCopy?: boolean;
}

export interface Running<R = unknown> {
  readonly handle: R;
  /** Settles what is under way and leaves everything durable. */
  stop(): Promise<void>;
}
