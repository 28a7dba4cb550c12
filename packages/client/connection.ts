import { fingerprint } from "@orrery/schema/fingerprint";
import type { Bye, ClientMessage, Hello, ServerMessage, Welcome } from "@orrery/schema/router/v1";
import { type InitOf, OrreryError } from "@orrery/wire";
import { backoffMs } from "./backoff.ts";
import { endingOf } from "./endings.ts";
import { clientErrors } from "./errors.ts";
import { type Ears, type Line, openLine } from "./line.ts";
import { keepSignedIn } from "./reauth.ts";
import { watchSilence } from "./silence.ts";
import { createStatusBoard, type StatusBoard } from "./status.ts";
import type { Surroundings } from "./surroundings.ts";
import type { TokenSource } from "./token.ts";

/*
 * A connection is in one of four states.
 *
 * connecting  From the beginning to the first Welcome. A try asks for a token, dials, says Hello and waits for the
 *             Welcome, all within `TRY_MS`. A try that fails is followed by another after a pause that grows, until
 *             `timeoutMs` is over: then the client is closed, with what the last try met.
 * open        From a Welcome on. Messages go out and come in. A new token is sent before the old one ends. When nothing
 *             was heard for one and a half heartbeats the line is taken for dead, though the socket says nothing.
 * lost        The line broke, went silent, or was ended by the edge for the moment. Tries follow as in `connecting`,
 *             without an end: a game goes on when the network does. The edge's own `retry_after_ms` is waited for.
 * closed      By the user, or for good by the edge (`endings.ts` says by which words). Nothing leaves this state, no
 *             timer runs in it, and whoever waits for anything has been told.
 *
 * There is one try at a time, and each has a number: what an older one still brings (a token that took long, a socket
 * that closes late) is dropped. A try that the edge ends for its token asks for a fresh one; ended so again before a
 * Welcome, it is over.
 */
export interface Connection {
  readonly board: StatusBoard;
  /** Settles with the first Welcome or with the end. @throws CLIENT_REFUSED, CLIENT_UNREACHABLE, CLIENT_TOKEN, CLIENT_CLOSED */
  readonly welcomed: Promise<void>;
  start(): void;
  /** Sends now if the line is open. @returns whether it did */
  readonly say: Say;
  close(): void;
}

export type Say = (message: InitOf<typeof ClientMessage>) => boolean;

/** What hangs on a connection. */
export interface Attached {
  hello(): Pick<InitOf<typeof Hello>, "subscriptions" | "cursor">;
  welcomed(welcome: Welcome): void;
  heard(message: ServerMessage["message"]): void;
  /** Something that the edge sent could not be read; the line is given up. */
  unreadable(): void;
  broke(): void;
  /** @param error why; none when the user closed the client */
  ended(error?: OrreryError): void;
}

export interface Terms {
  /** `ws://…/ws` */
  readonly socketUrl: string;
  readonly about: Pick<InitOf<typeof Hello>, "deviceId" | "worldId" | "engine" | "platform">;
  readonly tokens: TokenSource;
  /** How long the first Welcome may take, ms. */
  readonly timeoutMs: number;
}

const VERSION = 1;
const SDK_VERSION = "0.1.0";
/** Token, dialling and Welcome together. */
const TRY_MS = 10_000;

export function createConnection(terms: Terms, around: Surroundings, attached: Attached): Connection {
  const { now, after } = around;
  const board = createStatusBoard(now);
  const first = Promise.withResolvers<void>();
  first.promise.catch(() => {});
  let line: Line | undefined;
  /** Number of the try, or of the line that came of it. */
  let current = 0;
  let failures = 0;
  let everOpen = false;
  /** The edge ended the last try in a way that it may end one, not two. */
  let refusedBefore = false;
  let needsFresh = false;
  let timers: (() => void)[] = [];
  let stopDeadline = () => {};
  let heardSomething = () => {};

  const isOpen = () => board.now.state === "open";
  const isClosed = () => board.now.state === "closed";
  /** Runs unless the line or try is given up before. */
  const later = (ms: number, run: () => void) => void timers.push(after(ms, run));

  const say: Say = (message) => {
    if (!isOpen() || line === undefined) return false;
    line.send(message);
    return true;
  };

  function giveUp(): void {
    current += 1;
    for (const cancel of timers) cancel();
    timers = [];
    line?.drop();
    line = undefined;
  }

  function finish(error?: OrreryError): void {
    if (isClosed()) return;
    stopDeadline();
    giveUp();
    board.become("closed", error?.message ?? "closed by the client");
    attached.ended(error);
    first.reject(error ?? new OrreryError(clientErrors.CLIENT_CLOSED));
  }

  function lost(reason: string, retryAfterMs = 0): void {
    const wasOpen = isOpen();
    giveUp();
    board.become(everOpen ? "lost" : "connecting", reason);
    if (wasOpen) attached.broke();
    later(Math.max(retryAfterMs, backoffMs(failures++, around.random)), () => void attempt());
  }

  async function attempt(): Promise<void> {
    const own = ++current;
    later(TRY_MS, () => lost("no Welcome in time"));
    const fresh = needsFresh;
    const hadMs = now();
    try {
      const token = await terms.tokens({ fresh });
      if (own !== current) return;
      needsFresh = false;
      line = openLine(around, terms.socketUrl, ears({ token, hadMs }));
    } catch (error) {
      if (own !== current) return;
      const final = error instanceof OrreryError && !error.retryable;
      if (final) finish(error);
      else lost(wordsOf(error));
    }
  }

  const ears = (held: { readonly token: string; readonly hadMs: number }): Ears => ({
    opened() {
      const { token } = held;
      const offer = { sdkVersion: SDK_VERSION, versions: [VERSION], schemaFingerprint: fingerprint };
      return { message: { case: "hello", value: { ...terms.about, ...attached.hello(), ...offer, token } } };
    },
    heard(message) {
      heardSomething();
      if (message.case === "bye") ended(message.value);
      else if (message.case === "welcome") welcome(message.value, held);
      else if (isOpen()) attached.heard(message);
    },
    unreadable(error) {
      attached.unreadable();
      lost(`the edge sent what cannot be read: ${wordsOf(error)}`);
    },
    closed: (reason) => lost(reason || "the connection broke"),
  });

  function welcome(value: Welcome, held: { readonly token: string; readonly hadMs: number }): void {
    for (const cancel of timers.splice(0)) cancel();
    stopDeadline();
    failures = 0;
    refusedBefore = false;
    everOpen = true;
    heardSomething = watchSilence(value.heartbeatMs, { now, later }, (silentMs) =>
      lost(`nothing was heard for ${Math.round(silentMs / 1000)} s`),
    );
    board.become("open");
    const own = current;
    const onThisLine = (ms: number, run: () => void) => (own === current ? later(ms, run) : undefined);
    keepSignedIn(
      held,
      { now, later: onThisLine },
      terms.tokens,
      (token) => own === current && say({ message: { case: "reauth", value: { token } } }),
    );
    attached.welcomed(value);
    first.resolve();
  }

  function ended(bye: Bye): void {
    const reason = bye.message || bye.code || "the edge ended the connection";
    const ending = endingOf(bye, everOpen);
    const again = ending === "with a new token" || ending === "once more";
    if (ending === "final" || (again && refusedBefore))
      return finish(new OrreryError(clientErrors.CLIENT_REFUSED, { given: reason }));
    refusedBefore ||= again;
    needsFresh ||= ending === "with a new token";
    lost(reason, bye.retryAfterMs);
  }

  return {
    board,
    welcomed: first.promise,
    start() {
      stopDeadline = after(terms.timeoutMs, () => {
        const met = board.now.reason || "no Welcome in time";
        const given = `${terms.socketUrl}, ${terms.timeoutMs} ms: ${met}`;
        finish(new OrreryError(clientErrors.CLIENT_UNREACHABLE, { given }));
      });
      void attempt();
    },
    say,
    close() {
      say({ message: { case: "bye", value: {} } });
      finish();
    },
  };
}

const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
