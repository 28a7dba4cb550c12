import { UpgradeResponse, UpgradeState as S } from "@orrery/schema/engine/v1";
import type { Kit, Part } from "@orrery/service";
import { keeper } from "../keep/keeper.ts";
import type { Turn } from "../keep/turn.ts";
import { runnersOf, type Runners } from "../runners/part.ts";
import { subjects } from "../subjects/part.ts";
import type { EngineTables } from "../tables.ts";
import { advance } from "./advance.ts";
import { playedSince } from "./canary.ts";
import { goBack } from "./decisions.ts";
import { judge } from "./gate.ts";
import { jobOf } from "./job.ts";
import { isActive, stateName } from "./machine.ts";
import { promote } from "./promote.ts";
import { activeUpgrades, putUpgrade, readUpgrade, type UpgradeKept } from "./store.ts";

export interface Worker {
  /** Something is to be done for an upgrade. */
  wake(): void;
  /** Nobody waits any more for the job of one that is over. */
  end(upgrade: UpgradeKept | undefined): void;
  /** Does what is to be done now. */
  look(): Promise<void>;
}

const LOOK_MS = 1_000;
/** A way back that failed, or of which nothing is heard, is asked for again: until it is done the canary serves. */
const BACK_AGAIN_MS = 60_000;
/** The host's clock was set where it and the even one come apart by more. */
const STEP_MS = 5_000;
const ACTOR = "ue-version-monitor";

/** What happens of itself in an upgrade: jobs are begun and asked for, deadlines pass, a canary is judged. */
export const worker: Part<Worker> = {
  name: "upgrades",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const runners = kit.part(runnersOf);
    const stopping = new AbortController();
    let waking = new AbortController();
    let looking: Promise<void> | undefined;
    let term = 0;
    /** Jobs that this process has begun, or asked its runner about. */
    const sure = new Set<string>();
    /** When its runner was last told to bring the old version back, by the even clock. */
    const toldBack = new Map<string, number>();
    const clocks = { even: kit.clock.now(), host: kit.hostMs() };

    const submit = (run: (turn: Turn) => Promise<UpgradeKept | undefined>) =>
      kit.part(keeper).submit({
        reply: UpgradeResponse,
        async run(turn) {
          const upgrade = await run(turn);
          return upgrade === undefined ? {} : { upgrade };
        },
      });

    /** Does something to an upgrade if it still stands where it stood. */
    const settle = (seen: UpgradeKept, act: (turn: Turn, upgrade: UpgradeKept) => Promise<UpgradeKept>) =>
      submit(async (turn) => {
        const upgrade = await readUpgrade(turn.db, seen.upgradeId);
        const isSame = upgrade?.state === seen.state && upgrade.attempt === seen.attempt;
        return upgrade !== undefined && isSame && isActive(upgrade.state) ? act(turn, upgrade) : undefined;
      });

    async function lookAt(upgrade: UpgradeKept): Promise<void> {
      if (upgrade.state === S.APPROVED) return begin(kit, runners, upgrade, settle, sure);
      if (upgrade.rollingBack !== "") return back(upgrade);
      if (upgrade.deadlineMs > 0 && kit.hostMs() > upgrade.deadlineMs) return late(upgrade);
      if (upgrade.state === S.CANARY) return canary(upgrade);
      if (upgrade.state === S.BUILDING || upgrade.state === S.TESTING) return ask(upgrade);
    }

    /** After a start nobody knows whether its job is still there: a second one is never begun. */
    async function ask(upgrade: UpgradeKept): Promise<void> {
      const { jobRef, runner } = upgrade;
      if (sure.has(jobRef)) return;
      if (await runners.of(runner).knows(jobRef)) return void sure.add(jobRef);
      const reason = `the runner does not know its job ${jobRef} any more`;
      await settle(upgrade, (turn, now) => advance(turn, now, S.FAILED, { actor: ACTOR, reason }));
    }

    async function late(upgrade: UpgradeKept): Promise<void> {
      const reason = `${stateName(upgrade.state)} took longer than it may`;
      if (upgrade.state === S.CANARY)
        return void (await settle(upgrade, (turn, now) => goBack(turn, now, reason)));
      await settle(upgrade, (turn, now) => advance(turn, now, S.FAILED, { actor: ACTOR, reason }));
      ended(kit, runners, upgrade.runner, upgrade.jobRef);
    }

    async function canary(upgrade: UpgradeKept): Promise<void> {
      const counted = await withCanary(kit, upgrade);
      const { sessions = 0, faults = 0, oldSessions = 0, oldFaults = 0, open = 0 } = counted.canary ?? {};
      const verdict = judge(
        { ended: sessions, faults, opened: sessions + open },
        { ended: oldSessions, faults: oldFaults, opened: oldSessions },
      );
      if (verdict.go === "wait") return;
      const { reason } = verdict;
      await settle(upgrade, (turn, now) => {
        const judged = { ...now, ...(counted.canary && { canary: counted.canary }) };
        if (verdict.go === "back") return goBack(turn, judged, reason);
        return promote(turn, kit.part(subjects).must(now.subjectId), judged, { actor: ACTOR, reason });
      });
    }

    async function back(upgrade: UpgradeKept): Promise<void> {
      const toldMs = toldBack.get(upgrade.jobRef) ?? Number.NEGATIVE_INFINITY;
      if (kit.clock.now() - toldMs < BACK_AGAIN_MS) return;
      await runners.of(upgrade.runner).rollBack(await jobOf(kit, upgrade));
      toldBack.set(upgrade.jobRef, kit.clock.now());
    }

    /** Moments that were set by the host's clock go with it: a deadline is a span, whatever time it is. */
    async function followClock(): Promise<void> {
      const now = { even: kit.clock.now(), host: kit.hostMs() };
      const stepMs = now.host - clocks.host - (now.even - clocks.even);
      if (Math.abs(stepMs) < STEP_MS) return void Object.assign(clocks, now);
      await submit(async (turn) => {
        for (const upgrade of await activeUpgrades(turn.db))
          if (upgrade.deadlineMs > 0)
            await putUpgrade(turn.db, { ...upgrade, deadlineMs: upgrade.deadlineMs + stepMs });
        return undefined;
      });
      Object.assign(clocks, now);
    }

    async function lookOnce(): Promise<void> {
      const now = kit.part(keeper).term;
      if (now === 0) {
        if (term > 0) await runners.standBy();
        term = 0;
        return;
      }
      if (now !== term) {
        sure.clear();
        toldBack.clear();
        // What the clock did before was for whoever led then.
        Object.assign(clocks, { even: kit.clock.now(), host: kit.hostMs() });
      }
      term = now;
      await followClock();
      for (const upgrade of await activeUpgrades(kit.store.as<EngineTables>()))
        await lookAt(upgrade).catch((err: unknown) =>
          kit.log.warn(
            { err, upgrade: upgrade.upgradeId },
            "an upgrade was not looked at; it is tried again",
          ),
        );
    }

    const look = (): Promise<void> => (looking ??= lookOnce().finally(() => (looking = undefined)));

    const run = async () => {
      while (!stopping.signal.aborted) {
        await look().catch((err: unknown) => kit.log.warn({ err }, "upgrades were not looked at"));
        await kit.clock.sleep(LOOK_MS, AbortSignal.any([stopping.signal, waking.signal]));
        if (waking.signal.aborted) waking = new AbortController();
      }
    };
    const running = run();
    return {
      handle: {
        wake: () => waking.abort(),
        look,
        end(upgrade) {
          if (upgrade === undefined || upgrade.jobRef === "" || isActive(upgrade.state)) return;
          const { jobRef, runner } = upgrade;
          ended(kit, runners, runner, jobRef);
        },
      },
      async stop() {
        stopping.abort();
        await running;
      },
    };
  },
};

function ended(kit: Kit, runners: Runners, runner: string, jobRef: string): void {
  void Promise.resolve()
    .then(() => runners.of(runner).end(jobRef))
    .catch((err: unknown) => kit.log.debug({ err, jobRef }, "its runner was not told that a job is over"));
}

type Settle = (
  seen: UpgradeKept,
  act: (turn: Turn, upgrade: UpgradeKept) => Promise<UpgradeKept>,
) => Promise<{ readonly upgrade?: unknown }>;

/**
 * Begins the job of an upgrade that is approved. Its name is written down first: whoever finds the name and did not begin the
 * job itself asks the runner, and begins no second one.
 */
async function begin(
  kit: Kit,
  runners: Runners,
  upgrade: UpgradeKept,
  settle: Settle,
  sure: Set<string>,
): Promise<void> {
  const jobRef = `${upgrade.upgradeId}-${upgrade.attempt}`;
  const fail = (reason: string) =>
    settle(upgrade, (turn, now) => advance(turn, now, S.FAILED, { actor: ACTOR, reason }));
  const accepted = () =>
    settle(upgrade, (turn, now) =>
      advance(turn, now, S.BUILDING, { actor: `runner:${now.runner}`, reason: `it takes the job ${jobRef}` }),
    );
  if (upgrade.jobRef === jobRef) {
    if (!(await runners.of(upgrade.runner).knows(jobRef))) {
      await fail(`nobody knows whether the job ${jobRef} was begun`);
      return;
    }
    sure.add(jobRef);
    await accepted();
    return;
  }
  const named = await settle(upgrade, async (turn, now) => {
    const own = { ...now, jobRef, changedMs: turn.nowMs };
    await putUpgrade(turn.db, own);
    return own;
  });
  // It was cancelled meanwhile: nobody waits for the job.
  if (named.upgrade === undefined) return;
  try {
    await runners.of(upgrade.runner).start(await jobOf(kit, { ...upgrade, jobRef }));
  } catch (error) {
    await fail(error instanceof Error ? error.message : String(error));
    return;
  }
  sure.add(jobRef);
  const begun = await accepted();
  if (begun.upgrade === undefined) ended(kit, runners, upgrade.runner, jobRef);
}

/** With what clients do since its canary began; as it was judged where that is over. */
export async function withCanary(kit: Kit, upgrade: UpgradeKept): Promise<UpgradeKept> {
  const { canary, subjectId, fromVersion, toVersion, state, rollingBack } = upgrade;
  if (canary === undefined || state !== S.CANARY || rollingBack !== "") return upgrade;
  const db = kit.store.as<EngineTables>();
  const since = canary.sinceMs;
  const now = await playedSince(db, subjectId, toVersion?.text ?? "", since);
  const old = await playedSince(db, subjectId, fromVersion?.text ?? "", since);
  return {
    ...upgrade,
    canary: {
      ...canary,
      sessions: now.ended,
      faults: now.faults,
      oldSessions: old.ended,
      oldFaults: old.faults,
      open: Math.max(0, now.opened - now.ended),
    },
  };
}
