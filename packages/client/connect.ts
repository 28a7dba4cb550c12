import type { DescService } from "@bufbuild/protobuf";
import { type Client as RpcClient, createClient } from "@connectrpc/connect";
import { fingerprint } from "@orrery/schema/registry";
import { ByeReason, ClientMessage, Resume, ServerMessage, type SnapshotPart } from "@orrery/schema/router/v1";
import { encodeBytes, type InitOf, openFrame, OrreryError } from "@orrery/wire";
import { backoffMs } from "./backoff.ts";
import { createCalls } from "./calls.ts";
import { createClock, type WorldClock } from "./clock.ts";
import { clientErrors } from "./errors.ts";
import { type WorldEvent, worldEvent } from "./event.ts";
import { createMarks } from "./marks.ts";
import { type AsyncQueue, createQueue } from "./queue.ts";
import { createSubscription, type Looks, type Subscription, type SubscriptionOwner } from "./subscription.ts";
import { issuedTokens, type TokenSource } from "./token.ts";

export interface ConnectOptions {
  /** Where the edge is: `http://127.0.0.1:7070`. */
  readonly url: string;
  readonly world: string;
  /** Default: a guest of the edge's development issuer. */
  readonly token?: TokenSource;
  /** Tells this device from the player's others; default a new one each time. */
  readonly deviceId?: string;
  /** `web`, `unreal`, `terminal`, … */
  readonly engine?: string;
}

export type ConnectionState = "connecting" | "open" | "lost" | "closed";

export interface ConnectionStatus {
  readonly state: ConnectionState;
  /** Since when, Unix ms. */
  readonly sinceMs: number;
  /** Why it was lost or closed, in words. */
  readonly reason: string;
}

/** A world as a client holds it. It comes back by itself when the connection breaks, without a gap. */
export interface World {
  readonly id: string;
  readonly player: string;
  readonly clock: WorldClock;
  readonly status: ConnectionStatus;
  /** Each change of status, from now on. */
  statuses(): AsyncIterableIterator<ConnectionStatus>;
  subscribe(looks: Looks): Subscription;
  /** A typed client of a service, over the same socket. */
  rpc<S extends DescService>(service: S): RpcClient<S>;
  /** How often it came back, and how. */
  readonly resumes: { readonly gapless: number; readonly snapshot: number };
  close(): void;
}

const VERSION = 1;
const SDK_VERSION = "0.1.0";
const PROTOCOL = "orrery.v1";
/** After these the same connection would be refused again. */
const FINAL = [ByeReason.VERSION, ByeReason.REPLACED, ByeReason.KICKED];

/** Opens a world. Resolves with the first Welcome. @throws CLIENT_REFUSED, CLIENT_TOKEN */
export async function connect(options: ConnectOptions): Promise<World> {
  const now = () => performance.timeOrigin + performance.now();
  const deviceId = options.deviceId ?? crypto.randomUUID();
  const tokens = options.token ?? issuedTokens(options.url, deviceId);
  const clock = createClock(now);
  const marks = createMarks();
  const subscriptions = new Map<string, SubscriptionOwner>();
  const listeners = new Set<AsyncQueue<ConnectionStatus>>();
  const welcomed = Promise.withResolvers<void>();
  const resumes = { gapless: 0, snapshot: 0 };
  let status: ConnectionStatus = { state: "connecting", sinceMs: now(), reason: "" };
  let socket: WebSocket | undefined;
  let isOpen = false;
  let everOpen = false;
  let tries = 0;
  let newestMs = 0;
  let player = "";
  let lastId = 0;
  let ended = false;
  let farewell = "";
  let waiting: InitOf<typeof ClientMessage>[] = [];

  function become(state: ConnectionState, reason = ""): void {
    status = { state, sinceMs: now(), reason };
    for (const listener of listeners) listener.push(status);
  }

  /** Sends now, or with the next connection. */
  async function send(message: InitOf<typeof ClientMessage>): Promise<void> {
    if (ended) throw new OrreryError(clientErrors.CLIENT_CLOSED);
    if (isOpen) socket?.send(encodeBytes(ClientMessage, message));
    else waiting.push(message);
  }
  const calls = createCalls(send);

  function deliver(frames: readonly Uint8Array[], snapshotOf: string | undefined): void {
    for (const bytes of frames) {
      const frame = openFrame(bytes);
      const about = {
        service: frame.source,
        publisher: frame.publisher,
        lane: frame.lane,
        snapshot: snapshotOf !== undefined,
      };
      for (const event of frame.events()) {
        if (snapshotOf === undefined && !marks.take(frame.publisher, event.sequence, frame.lane)) continue;
        if (snapshotOf === undefined) newestMs = Math.max(newestMs, event.timeMs);
        const given: WorldEvent = worldEvent(event, about);
        if (snapshotOf !== undefined) subscriptions.get(snapshotOf)?.snapshotEvent(given);
        else {
          for (const [id, subscription] of subscriptions)
            if (!marks.covers(id, frame.publisher, event.sequence)) subscription.liveEvent(given);
        }
      }
    }
  }

  function snapshot({ subscriptionId, frames, asOf, complete }: SnapshotPart): void {
    deliver(frames, subscriptionId);
    marks.cover(subscriptionId, asOf);
    if (complete) subscriptions.get(subscriptionId)?.snapshotDone();
  }

  function receive(data: ArrayBuffer): void {
    const { message } = ServerMessage.decode(new Uint8Array(data));
    switch (message.case) {
      case "welcome": {
        const { value } = message;
        player = value.playerId;
        tries = 0;
        if (value.clock?.adjusted !== undefined) clock.set(value.clock.adjusted, value.nowMs);
        const gapless = value.resume === Resume.GAPLESS;
        if (everOpen) resumes[gapless ? "gapless" : "snapshot"] += 1;
        if (!gapless) {
          marks.clear();
          for (const subscription of subscriptions.values()) subscription.restart();
        }
        everOpen = true;
        isOpen = true;
        become("open");
        const held = waiting;
        waiting = [];
        for (const one of held) if (one.message?.case !== "subscribe") void send(one);
        welcomed.resolve();
        return;
      }
      case "snapshot":
        return snapshot(message.value);
      case "batch":
        return deliver(message.value.frames, undefined);
      case "mark":
        return marks.raise(message.value.marks);
      case "clock":
        if (message.value.adjusted !== undefined) clock.set(message.value.adjusted);
        return;
      case "reply":
        return calls.reply(message.value);
      case "chunk":
        return calls.chunk(message.value);
      case "bye": {
        const { reason, code, message: text } = message.value;
        farewell = text || code;
        if (FINAL.some((final) => final === reason)) finish(farewell);
        return;
      }
    }
  }

  function finish(reason: string): void {
    if (ended) return;
    ended = true;
    isOpen = false;
    become("closed", reason);
    for (const subscription of subscriptions.values()) subscription.end();
    for (const listener of listeners) listener.end();
    calls.broke();
    welcomed.reject(new OrreryError(clientErrors.CLIENT_REFUSED, { given: reason }));
  }

  async function open(): Promise<void> {
    const token = await tokens();
    const made = new WebSocket(`${options.url.replace(/^http/, "ws")}/ws`, PROTOCOL);
    made.binaryType = "arraybuffer";
    socket = made;
    made.onopen = () => {
      const list = marks.list();
      const hello: InitOf<typeof ClientMessage> = {
        message: {
          case: "hello",
          value: {
            token,
            deviceId,
            worldId: options.world,
            engine: options.engine ?? "headless",
            platform: globalThis.navigator?.userAgent ?? "",
            sdkVersion: SDK_VERSION,
            versions: [VERSION],
            schemaFingerprint: fingerprint,
            subscriptions: [...subscriptions.values()].map((subscription) => subscription.asked),
            ...(everOpen &&
              list.length > 0 && { cursor: { worldId: options.world, marks: list, timeMs: newestMs } }),
          },
        },
      };
      made.send(encodeBytes(ClientMessage, hello));
    };
    made.onmessage = ({ data }) => receive(data as ArrayBuffer);
    made.onclose = ({ reason }) => void lost(farewell || reason || "the connection broke");
    made.onerror = () => {};
  }

  async function lost(reason: string): Promise<void> {
    if (ended) return;
    isOpen = false;
    calls.broke();
    become("lost", reason);
    await new Promise((resolve) => setTimeout(resolve, backoffMs(tries++)));
    if (!ended) await attempt();
  }

  async function attempt(): Promise<void> {
    try {
      farewell = "";
      await open();
    } catch (error) {
      if (!everOpen) return finish(error instanceof Error ? error.message : String(error));
      void lost(error instanceof Error ? error.message : String(error));
    }
  }

  await attempt();
  await welcomed.promise;

  return {
    id: options.world,
    get player() {
      return player;
    },
    clock,
    get status() {
      return status;
    },
    statuses() {
      const queue = createQueue<ConnectionStatus>();
      listeners.add(queue);
      return queue;
    },
    subscribe(looks) {
      const id = `s${++lastId}`;
      const owner = createSubscription(id, looks, () => {
        subscriptions.delete(id);
        marks.uncover(id);
        void send({ message: { case: "unsubscribe", value: { id } } });
      });
      subscriptions.set(id, owner);
      void send({ message: { case: "subscribe", value: owner.asked } });
      return owner.subscription;
    },
    rpc: (service) => createClient(service, calls.transport),
    resumes,
    close() {
      if (isOpen) socket?.send(encodeBytes(ClientMessage, { message: { case: "bye", value: {} } }));
      finish("closed by the client");
      socket?.close(1000);
    },
  };
}
