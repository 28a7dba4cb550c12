import type { Message } from "@aws-sdk/client-sqs";
import type { Clock } from "@orrery/bus";
import { createBackoff } from "./backoff.ts";
import type { Inbox } from "./inbox.ts";

/** Whose turn it is on an ordered subscription: who holds the token, a message in a queue of its own. */
export interface Ownership {
  readonly holds: boolean;
  /** Passes it on at once. */
  close(): Promise<void>;
}

export interface OwnershipTerms {
  readonly clock: Clock;
  readonly leaseMs: number;
  readonly visibilitySeconds: number;
  readonly waitSeconds: number;
  readonly inbox: Inbox;
  /** Messages in the token's queue, received or not. */
  tokens(): Promise<number>;
  /** Sends a token. More than one does no harm: they are of one group, so only one can be held. */
  send(): Promise<void>;
  taken(): void;
  lost(): void;
  failing(error: unknown): void;
}

/** A token is sent anew well before SQS's retention of 14 days would end it. */
const TOKEN_LIFE_MS = 7 * 24 * 3_600_000;
const FOREVER_MS = 365 * 24 * 3_600_000;
const FIRST_WAIT_S = 0;

/** Resolves after the first look; stands by until the token comes. */
export async function openOwnership(terms: OwnershipTerms): Promise<Ownership> {
  const { clock, inbox, leaseMs } = terms;
  const closing = new AbortController();
  const backoff = createBackoff(clock, FOREVER_MS, closing.signal);
  let holds = false;
  let receipt = "";

  async function look(waitSeconds: number): Promise<Message | undefined> {
    const [token] = await inbox.receive(1, waitSeconds, closing.signal);
    if (token === undefined && (await terms.tokens()) === 0) await terms.send();
    backoff.reset();
    return token;
  }

  /** Until it is lost, given up, or too old. */
  async function keep(token: Message): Promise<void> {
    receipt = token.ReceiptHandle ?? "";
    const sentMs = Number(token.Attributes?.SentTimestamp ?? clock.now());
    let expiresMs = clock.now() + leaseMs;
    holds = true;
    terms.taken();
    for (;;) {
      await clock.sleep(leaseMs / 3, closing.signal);
      if (closing.signal.aborted) return;
      const nowMs = clock.now();
      if (nowMs >= expiresMs || nowMs - sentMs > TOKEN_LIFE_MS) break;
      try {
        await inbox.hide(receipt, terms.visibilitySeconds);
        expiresMs = nowMs + leaseMs;
      } catch {
        // Tried again until the lease ends: only then it may be another's.
      }
    }
    holds = false;
    terms.lost();
    if (clock.now() - sentMs <= TOKEN_LIFE_MS) return;
    await terms.send();
    await inbox.remove(receipt);
  }

  async function run(first: Message | undefined): Promise<void> {
    let token = first;
    while (!closing.signal.aborted) {
      try {
        if (token !== undefined) await keep(token);
        if (closing.signal.aborted) return;
        token = await look(terms.waitSeconds);
      } catch (error) {
        token = undefined;
        if (closing.signal.aborted) return;
        terms.failing(error);
        await backoff.pause();
      }
    }
  }

  let first = await look(FIRST_WAIT_S);
  first ??= await look(FIRST_WAIT_S);
  const running = run(first);
  return {
    get holds() {
      return holds;
    },
    async close() {
      closing.abort();
      await running;
      if (!holds) return;
      holds = false;
      await inbox.hide(receipt, 0).catch(() => undefined);
    },
  };
}
