import type { Clock, Transport } from "@orrery/bus";

/**
 * A broker under test. `connect` and `destroy` are all that the invariants need; the rest is what faults do to
 * it, and a fault whose means are missing answers `not-run` and says so.
 */
export interface Broker {
  /** A client of its own, as another process would have; closing it leaves the broker. */
  connect(): Promise<Transport>;
  /** Deliveries that the broker itself doubled so far, on purpose. */
  doubled?(): number;
  /** How another process opens the same broker: its members can be killed. */
  readonly elsewhere?: Elsewhere;
  /** Members live in this process and on its clock: killing and stopping them is played. */
  readonly simulated?: boolean;
  /** A way to it that can be cut. */
  readonly network?: Network;
  /** A way to it that misbehaves call by call. */
  readonly disturbed?: Disturbed;
  /** Ends without warning and comes back with what it had kept. */
  restart?(): Promise<void>;
  /** From now on it refuses to keep anything, or takes all again. */
  refuse?(on: boolean): Promise<void>;
  /** Takes away behind everybody's back what clients had made; what was not handled is gone with a stream. */
  lose?(what: "stream" | "consumer"): Promise<void>;
  /** Another door to a broker of its kind, whose credentials run out every so many seconds. */
  shortLived?(seconds: number): Promise<ShortLived>;
  /** Harms what is stored while nobody has it open. Answers how many events that may cost at most. */
  damage?(how: "bit-flip" | "truncation", random: () => number): Promise<number>;
  /** From now on its disk has no room, or has it again. Acts on clients that connect later too. */
  fillDisk?(full: boolean): Promise<void>;
  destroy(): Promise<void>;
}

/** A module whose export `openTransport(terms)` answers a transport to the same broker. */
export interface Elsewhere {
  /** `file:` URL. */
  readonly module: string;
  /** JSON. */
  readonly terms: unknown;
}

/** A way to the broker through a proxy. */
export interface Network {
  connect(): Promise<Transport>;
  /** Resets every connection. */
  cut(): void;
  /** Half-open: nothing passes, nothing ends, until `resume`. */
  stall(): void;
  /** Every piece is so late. */
  slow(ms: number, spreadMs?: number): void;
  /** Each connection is reset when so many more bytes have gone to the broker. */
  resetAfter(bytes: number): void;
  /** Requests arrive, replies are lost, until `resume`. */
  deafen(): void;
  resume(): void;
}

export interface ShortLived extends Pick<Broker, "connect" | "destroy"> {
  /** Credentials that were asked for so far. */
  issued(): number;
}

/** A way to a broker that is spoken to call by call (HTTP). */
export interface Disturbed {
  connect(): Promise<Transport>;
  /** Each call is at risk of this from now on. */
  /** Mishaps so far. */
  struck(): number;
  set(what: "nothing" | "refusals" | "lost replies" | "disorder" | "expired credentials"): void;
}

export interface MakeTransport {
  readonly clock: Clock;
  /** A fresh broker, empty. */
  (seed: number): Promise<Broker>;
}
