import { randomUUID } from "node:crypto";
import { ContentPolicyIssued, ContentService, Tier, TierChanged } from "@orrery/schema/settings/v1";
import { errorCodeOf, type Kit, type Part, serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { fewAtOnce } from "./at-once.ts";
import { routerErrors } from "./errors.ts";
import { fanOut } from "./fan-out.ts";
import { LIMITS } from "./limits.ts";
import type { Claims } from "./tokens/claims.ts";

/** What holds for a player's session. */
export interface Opening {
  /** Under which settings knows it; empty: it does not. */
  readonly opened: string;
  /** `free`, `premium` or `patron`. */
  readonly tier: string;
  /** Of the signed content policy; empty: there is none, and whoever makes text keeps to what is for all ages. */
  readonly policyId: string;
}

/** Whose session it is. */
export interface Comer {
  readonly id: string;
  readonly player: string;
  readonly device: string;
  readonly world: string;
  readonly claims: Claims;
}

/**
 * Before anything of a world is told to a player, settings says what holds for their session: its tier, and which content
 * they are to be spared. Where it does not answer nobody new is let in; a deployment without it has neither.
 */
export interface Openings {
  /** @param isNew false: it is open already, and what holds is asked for again @throws ROUTER_SETTINGS_AWAY */
  open(session: Comer, isNew?: boolean): Promise<Opening>;
  /** A session is over. @param opened empty: settings knows of none */
  close(opened: string): void;
  /** Is told of content policies that take the place of others. */
  onPolicy(told: (opened: string, policyId: string) => void): void;
  /** Is told of tiers that change while a session is open. */
  onTier(told: (player: string, tier: string) => void): void;
}

const NOTHING_OPENED: Opening = { opened: "", tier: "free", policyId: "" };
const RETRY_AFTER_MS = 1_000;
/** For about an hour: what nobody could be told then ends by itself after a month. */
const TRIES = 64;
const AT_ONCE = 64;
const TRY_AGAIN_MS = 2_000;
const TRY_MOST_MS = 60_000;

const TIERS: ReadonlyMap<Tier, string> = new Map([
  [Tier.PREMIUM, "premium"],
  [Tier.PATRON, "patron"],
]);
const inWord = (tier: number | undefined) => TIERS.get(tier as Tier) ?? "free";

export const openings: Part<Openings> = {
  name: "openings",
  publishes: [],
  subscribes: [],
  async start(kit: Kit) {
    const content = kit.client(ContentService);
    const stopping = new AbortController();
    const closing = new Set<Promise<void>>();
    // The time that a call has is its own: a crowd waits for its turn before.
    const few = fewAtOnce(AT_ONCE);
    const fewClose = fewAtOnce(AT_ONCE / 4);
    const refused = kit.metrics.counter(
      "orrery_sessions_unopened_total",
      "Sessions that settings did not answer for",
    );
    /** Once it was there, that it is not means that it is away. */
    let deployed = false;
    const isDeployed = () =>
      (deployed ||= kit.directory
        .served()
        .some(({ service }) => service.typeName === ContentService.typeName));

    async function closeOne(sessionId: string): Promise<void> {
      for (let tries = 0; tries < TRIES && (tries === 0 || !stopping.signal.aborted); tries++) {
        try {
          const asked = { sessionId, idempotencyKey: randomUUID() };
          await fewClose(() => content.closeSession(asked, { timeoutMs: LIMITS.openingMs }));
          return;
        } catch (error) {
          if (errorCodeOf(error) === serviceErrors.RPC_NO_SERVICE.code) return;
          kit.log.debug({ err: error, sessionId }, "settings was not told yet that a session is over");
          await kit.clock.sleep(Math.min(TRY_AGAIN_MS * 2 ** tries, TRY_MOST_MS), stopping.signal);
        }
      }
    }

    function close(opened: string): void {
      if (opened === "" || !isDeployed()) return;
      const one = closeOne(opened).finally(() => closing.delete(one));
      closing.add(one);
    }

    return {
      handle: {
        async open({ id, player, device, world, claims }, isNew = true) {
          // Operators are told everything there is, and nothing is written for them.
          if (claims.role !== "player" || !isDeployed()) return NOTHING_OPENED;
          const asked = { worldId: world, playerId: player, sessionId: id, deviceId: device };
          try {
            const { tier, policy } = await few(() =>
              content.openSession(
                { ...asked, idempotencyKey: randomUUID() },
                { timeoutMs: LIMITS.openingMs },
              ),
            );
            return { opened: id, tier: inWord(tier?.tier), policyId: policy?.policyId ?? "" };
          } catch (cause) {
            refused();
            // It may be open for all that is known here.
            if (isNew) close(id);
            kit.log.warn({ err: cause, player }, "settings does not say what holds for a session");
            throw new OrreryError(routerErrors.ROUTER_SETTINGS_AWAY, { retryAfterMs: RETRY_AFTER_MS, cause });
          }
        },
        close,
        onPolicy: (told) =>
          kit.part(fanOut).on(ContentPolicyIssued.typeName, ({ payload }) => {
            const { sessionId, policyId } = ContentPolicyIssued.decode(payload);
            told(sessionId, policyId);
          }),
        onTier: (told) =>
          kit.part(fanOut).on(TierChanged.typeName, ({ payload }) => {
            const { playerId, tier } = TierChanged.decode(payload);
            told(playerId, inWord(tier));
          }),
      },
      async stop() {
        stopping.abort();
        await Promise.all(closing);
      },
    };
  },
};
