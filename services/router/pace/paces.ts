import {
  BudgetState,
  ChangeReason,
  FrameBudgetExceeded,
  ModeChanged,
  PerformanceService,
} from "@orrery/schema/performance/v1";
import type { Kit } from "@orrery/service";
import type { SeenEvent } from "../seen-event.ts";
import type { Session } from "../session.ts";
import { createPace, type Pace } from "./pace.ts";

/** How often the devices that are in at this door are sent batches, by what performance-mode says. */
export interface Paces {
  /** A session comes in; its device's pace is kept for a while after it has left. */
  enter(session: Session): Pace;
  leave(session: Session): void;
  /** One of the events that decide it; others are nothing to it. */
  heard(event: SeenEvent): void;
  /** Of those who are in, the fastest, batches a second. */
  readonly fastestHz: number;
}

/** The child of a budget whose cost falls with the rate of events. */
const NETWORK = "network";
const KEPT_MS = 60_000;
const ASK_MS = 1_500;

interface Held {
  readonly pace: Pace;
  /** Lanes whose excess is the network's. */
  readonly over: Set<number>;
  sessions: number;
}

const nameOf = (player: string, device: string): string => `${player}\n${device}`;

/** @param standard batches a second of whom nothing is known */
export function createPaces(kit: Pick<Kit, "clock" | "client" | "log">, standard: number): Paces {
  const held = new Map<string, Held>();
  /** Devices without a session, and since when: who left first is first. */
  const away = new Map<string, number>();
  /** How many of those who are in have which pace. */
  const paces = new Map<number, number>();

  function count(hz: number | undefined, by: 1 | -1): void {
    if (hz === undefined) return;
    const many = (paces.get(hz) ?? 0) + by;
    if (many > 0) paces.set(hz, many);
    else paces.delete(hz);
  }

  function well(own: Held, nowMs: number): void {
    own.over.clear();
    own.pace.relief.recovered(nowMs);
  }

  function setPace(own: Held, hz: number | undefined): void {
    if (own.sessions > 0) {
      count(own.pace.hz, -1);
      count(hz, 1);
    }
    own.pace.hz = hz;
  }

  function prune(nowMs: number): void {
    for (const [name, leftMs] of away) {
      if (nowMs - leftMs < KEPT_MS) return;
      away.delete(name);
      held.delete(name);
    }
  }

  /** A device that comes back was told at another door, or before this process began. */
  async function ask(playerId: string, deviceId: string, own: Held): Promise<void> {
    try {
      const asked = { playerId, deviceId };
      const { clientEventHz } = await kit.client(PerformanceService).getProfile(asked, { timeoutMs: ASK_MS });
      if (clientEventHz === 0) return;
      if (own.pace.hz === undefined) setPace(own, clientEventHz);
    } catch (error) {
      kit.log.debug({ err: error }, "a client's pace is not known; it is served at the door's own");
    }
  }

  return {
    enter({ player, device, resumes, id, opened }) {
      const nowMs = kit.clock.now();
      prune(nowMs);
      const name = nameOf(player, device);
      const own = held.get(name) ?? { pace: createPace(standard), over: new Set<number>(), sessions: 0 };
      if (own.sessions === 0) count(own.pace.hz, 1);
      own.sessions += 1;
      away.delete(name);
      held.set(name, own);
      // Who comes back is told of nothing: neither is this door.
      const comesBack = resumes > 0 || (opened !== "" && opened !== id);
      if (comesBack && own.pace.hz === undefined) void ask(player, device, own);
      return own.pace;
    },
    leave({ player, device }) {
      const name = nameOf(player, device);
      const own = held.get(name);
      if (own === undefined) return;
      own.sessions -= 1;
      if (own.sessions > 0) return;
      count(own.pace.hz, -1);
      away.set(name, kit.clock.now());
    },
    heard({ type, payload }) {
      if (type === ModeChanged.typeName) {
        const { playerId, deviceId, clientEventHz, reason } = ModeChanged.decode(payload);
        const own = held.get(nameOf(playerId, deviceId));
        if (own === undefined) return;
        setPace(own, clientEventHz === 0 ? undefined : clientEventHz);
        // Its session begins: what was over its budget was another one's.
        if (reason === ChangeReason.RESTORED) well(own, kit.clock.now());
      } else if (type === FrameBudgetExceeded.typeName) {
        const { playerId, deviceId, worstChild, state, lane } = FrameBudgetExceeded.decode(payload);
        const own = held.get(nameOf(playerId, deviceId));
        if (own === undefined) return;
        const nowMs = kit.clock.now();
        if (state === BudgetState.RECOVERED) {
          // Of a lane that was over for something else it says nothing.
          if (own.over.delete(lane) && own.over.size === 0) own.pace.relief.recovered(nowMs);
        } else if (worstChild === NETWORK) {
          own.over.add(lane);
          own.pace.relief.exceeded(nowMs);
        }
      }
    },
    get fastestHz() {
      return Math.max(standard, ...paces.keys());
    },
  };
}
