import type { DescService } from "@bufbuild/protobuf";
import { type Client as RpcClient, createClient } from "@connectrpc/connect";
import type { ServerMessage, Welcome } from "@orrery/schema/router/v1";
import { OrreryError } from "@orrery/wire";
import { createCalls } from "./calls.ts";
import { createClock, type WorldClock } from "./clock.ts";
import { createConnection, type Say } from "./connection.ts";
import { clientErrors } from "./errors.ts";
import type { Looks } from "./looks.ts";
import type { ConnectionStatus } from "./status.ts";
import type { Subscription } from "./subscription.ts";
import { createSubscriptions } from "./subscriptions.ts";
import { machine, type Surroundings } from "./surroundings.ts";
import { type GuestSecret, issuedTokens, type TokenSource } from "./token.ts";

export interface ConnectOptions {
  /** Where the edge is: `http://127.0.0.1:7070`. */
  readonly url: string;
  readonly world: string;
  /** Default: a guest of the edge's development issuer. */
  readonly token?: TokenSource;
  /** Keeps who a guest is between starts; of no use with `token`. Default: a new guest each time. */
  readonly guest?: GuestSecret;
  /** Tells this device from the player's others; default a new one each time. */
  readonly deviceId?: string;
  /** `web`, `unreal`, `terminal`, … */
  readonly engine?: string;
  /** How long the first Welcome may take, ms; default 20,000. Later the client comes back however long it takes. */
  readonly timeoutMs?: number;
}

/** A world as a client holds it. It comes back by itself when the connection breaks, without a gap. */
export interface World {
  readonly id: string;
  readonly player: string;
  readonly clock: WorldClock;
  readonly status: ConnectionStatus;
  /** Each change of status, from now on; ends with `closed`. */
  statuses(): AsyncIterableIterator<ConnectionStatus>;
  /** @throws CLIENT_CLOSED */
  subscribe(looks: Looks): Subscription;
  /** A typed client of a service, over the same socket. Calls made while the line is away wait for it, up to their deadline. */
  rpc<S extends DescService>(service: S): RpcClient<S>;
  /** How often it came back, and how. */
  readonly resumes: { readonly gapless: number; readonly snapshot: number };
  /** Lets go of everything: calls and snapshots that are waited for fail with CLIENT_CLOSED, iterators end. */
  close(): void;
}

const TIMEOUT_MS = 20_000;

/**
 * Opens a world. Resolves with the first Welcome.
 * @throws CLIENT_ADDRESS, CLIENT_UNREACHABLE after `timeoutMs`, CLIENT_REFUSED, CLIENT_TOKEN
 */
export function connect(options: ConnectOptions): Promise<World> {
  return connectFrom(machine, options);
}

/** The same in surroundings of one's own. */
export async function connectFrom(around: Surroundings, options: ConnectOptions): Promise<World> {
  const url = addressOf(options.url);
  const deviceId = options.deviceId ?? crypto.randomUUID();
  const clock = createClock(around.now);
  const say: Say = (message) => connection.say(message);
  const subscriptions = createSubscriptions(say, around);
  const calls = createCalls(say, around);
  let player = "";

  function hear(message: ServerMessage["message"]): void {
    switch (message.case) {
      case "snapshot":
        return subscriptions.snapshot(message.value);
      case "batch":
        return subscriptions.live(message.value.frames);
      case "mark":
        return subscriptions.mark(message.value);
      case "clock":
        if (message.value.adjusted !== undefined) clock.set(message.value.adjusted);
        return;
      case "refused":
        return subscriptions.refused(message.value);
      case "reply":
        return calls.reply(message.value);
      case "chunk":
        return calls.chunk(message.value);
    }
  }

  const connection = createConnection(
    {
      socketUrl: `${url.replace(/^http/, "ws")}/ws`,
      about: {
        deviceId,
        worldId: options.world,
        engine: options.engine ?? "headless",
        platform: globalThis.navigator?.userAgent ?? "",
      },
      tokens: options.token ?? issuedTokens(url, deviceId, "", options.guest),
      timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    },
    around,
    {
      hello: () => subscriptions.hello(options.world),
      welcomed(welcome: Welcome) {
        player = welcome.playerId;
        if (welcome.clock?.adjusted !== undefined) clock.set(welcome.clock.adjusted, welcome.nowMs);
        subscriptions.welcomed(welcome);
        calls.welcomed();
      },
      heard: hear,
      unreadable: subscriptions.mistrust,
      broke() {
        subscriptions.broke();
        calls.broke();
      },
      ended(error) {
        subscriptions.end(error);
        calls.ended(error);
      },
    },
  );
  connection.start();
  await connection.welcomed;

  return {
    id: options.world,
    get player() {
      return player;
    },
    clock,
    get status() {
      return connection.board.now;
    },
    statuses: () => connection.board.changes(),
    subscribe(looks) {
      if (connection.board.now.state === "closed") throw new OrreryError(clientErrors.CLIENT_CLOSED);
      return subscriptions.add(looks);
    },
    rpc: (service) => createClient(service, calls.transport),
    resumes: subscriptions.resumes,
    close: () => connection.close(),
  };
}

/** Without the slash that many write behind it. @throws CLIENT_ADDRESS */
function addressOf(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "")
    throw new OrreryError(clientErrors.CLIENT_ADDRESS, { given });
  return url.href.replace(/\/+$/, "");
}
