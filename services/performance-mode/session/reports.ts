import {
  ChangeReason,
  FrameBudgetExceeded,
  ReportFramesResponse,
  type ReportFramesResponseInit,
  Thermal,
  type Window,
} from "@orrery/schema/performance/v1";
import type { Kit, Part } from "@orrery/service";
import { disturbed, slowFailed } from "../control/slow.ts";
import { shipped } from "../data/part.ts";
import { resolve } from "../resolve/resolve.ts";
import type { Situation } from "../resolve/situation.ts";
import type { Edge } from "../windows/edges.ts";
import { keeper } from "../write/keeper.ts";
import { learnedName } from "../write/ground.ts";
import type { Turn } from "../write/turn.ts";
import { decided, learn } from "./decided.ts";
import { type Against, startAnew, type Taken, takeWindows } from "./pulse.ts";
import { createRates } from "./rates.ts";
import type { Session } from "./session.ts";
import { situationOf } from "./situation-of.ts";
import { tell } from "./tell.ts";

/** Takes in what clients report, and commits what follows from it. */
export interface Reports {
  /** @throws PERF_RATE_LIMITED */
  limit(player: string): void;
  /** @param from the session as the client names it: another one that begins at 1 is a client that began anew */
  take(session: Session, from: string, seq: number, windows: readonly Window[]): ReportFramesResponseInit;
  /** Told of every report. @returns how to end that */
  onReport(listener: (taken: Taken) => void): () => void;
}

const STRAIN_APART_MS = 20_000;

export const reports: Part<Reports> = {
  name: "reports",
  publishes: [],
  subscribes: [],
  async start(kit: Kit) {
    const kept = kit.part(keeper);
    const { matrix } = kit.part(shipped);
    const rates = createRates();
    const listeners = new Set<(taken: Taken) => void>();

    function against(session: Session): Against {
      const { ground } = kept;
      const { kept: own, wants } = session;
      let situation: Situation | undefined;
      const look = () => (situation ??= situationOf(matrix, ground, wants, own));
      const { mode, values } = own.told ?? resolve(look());
      const tree = ground.trees.get(mode);
      if (tree === undefined) throw new Error(`no budget tree of mode ${mode}`);
      return {
        nowMs: kit.clock.now(),
        hostMs: kit.hostMs(),
        tree,
        targetFps: values.targetFps,
        situation: () => (wants.isAuto ? look() : undefined),
        learned: (knob) => ground.learned.get(learnedName(wants.deviceClass, wants.engine, knob))?.ms,
      };
    }

    /** What a report came to, in one commit; nobody waits for it. */
    function settle(session: Session, { edges, outcomes }: Taken, nowMs: number): void {
      const { pulse, id, player } = session;
      const moves = outcomes.filter(({ move, learned }) => move !== undefined || learned !== undefined);
      const known = session.kept.strain;
      const differs = known.thermal !== pulse.strain.thermal || known.onBattery !== pulse.strain.onBattery;
      const isUrgent = pulse.strain.thermal === Thermal.CRITICAL;
      const mayStrain = differs && (isUrgent || nowMs - pulse.slow.changedMs >= STRAIN_APART_MS);
      if (edges.length === 0 && moves.length === 0 && !mayStrain) return;
      if (mayStrain) disturbed(pulse.slow, nowMs);
      const { strain } = pulse;
      const run = (turn: Turn) => {
        const open = turn.session(id);
        if (open === undefined) return {};
        for (const edge of edges) tellEdge(turn, open, edge);
        for (const { learned } of moves) if (learned !== undefined) learn(turn, open.wants, learned);
        const after = moves.reduce(
          (so, outcome) => (outcome.move === undefined ? so : decided(so, outcome.move, outcome, turn.nowMs)),
          open.kept,
        );
        if (moves.some(({ move }) => move !== undefined))
          tell(turn, matrix, open, after, { reason: ChangeReason.AUTO });
        if (!mayStrain) return {};
        const now = turn.session(id) ?? open;
        const isHeat = now.kept.strain.thermal !== strain.thermal;
        const reason = isHeat ? ChangeReason.THERMAL : ChangeReason.BATTERY;
        tell(turn, matrix, now, { ...now.kept, strain }, { reason });
        return {};
      };
      kept.submit({ players: [player], reply: ReportFramesResponse, run }).catch((error: unknown) => {
        // What was not committed was not decided; the lanes are told again at their next edge.
        pulse.slow = slowFailed(pulse.slow);
        for (const { lane } of edges) {
          const edge = pulse.edges?.[lane - 1];
          if (edge !== undefined) edge.exceeded = !edge.exceeded;
        }
        kit.log.warn(
          { err: error, session: id },
          "what a report came to was not kept; clients keep what they have",
        );
      });
    }

    return {
      handle: {
        limit: (player) => rates.take(player, kit.clock.now()),
        onReport(listener) {
          listeners.add(listener);
          return () => void listeners.delete(listener);
        },
        take(session, from, seq, windows) {
          const held = against(session);
          if (seq === 1 && from !== session.pulse.from) startAnew(session.pulse);
          session.pulse.from = from;
          const taken = takeWindows(session.pulse, seq, windows, held);
          settle(session, taken, held.nowMs);
          for (const listener of listeners) listener(taken);
          return { accepted: taken.accepted, dropped: [...taken.dropped], revision: session.wants.revision };
        },
      },
      async stop() {},
    };
  },
};

function tellEdge(turn: Turn, { player, device, world, id }: Session, edge: Edge): void {
  const { lane, state, p95Ms, budgetMs, worstChild, sinceMs } = edge;
  const told = {
    playerId: player,
    deviceId: device,
    sessionId: id,
    lane,
    state,
    p95Ms,
    budgetMs,
    worstChild,
    sinceMs,
  };
  turn.emit(world, FrameBudgetExceeded, told, player);
}
