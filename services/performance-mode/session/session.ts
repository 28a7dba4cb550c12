import { type Decision, KeptSession, Preset, Thermal } from "@orrery/schema/performance/v1";
import { encodeBytes } from "@orrery/wire";
import { ruleCalled, ruleOf } from "../matrix/fields.ts";
import type { Intern } from "../resolve/intern.ts";
import { configOf, resolvedIn } from "../resolve/messages.ts";
import { type AutoState, NO_AUTO, NO_STRAIN, type Resolved, type Strain } from "../resolve/situation.ts";
import type { Pulse } from "./pulse.ts";
import type { Wants } from "./wants.ts";

/** What is kept of an open session. Never changed, only replaced. */
export interface Kept {
  /** As it was told last; undefined: not yet. */
  readonly told: Resolved | undefined;
  readonly auto: AutoState;
  readonly strain: Strain;
  /** The last 20, oldest first. */
  readonly decisions: readonly Decision[];
}

/** An open session: who it is, what is kept of it, and what its client reports, which may be lost. */
export interface Session {
  readonly id: string;
  readonly player: string;
  readonly device: string;
  readonly world: string;
  readonly openedMs: number;
  readonly wants: Wants;
  readonly kept: Kept;
  readonly pulse: Pulse;
}

/** The same as it is now. Written out: what is spread into an object takes twice the memory, and there are ten thousand. */
export function sessionWith(session: Session, wants: Wants, kept: Kept): Session {
  const { id, player, device, world, openedMs, pulse } = session;
  return { id, player, device, world, openedMs, wants, kept, pulse };
}

export function toldNow({ auto, strain, decisions }: Kept, told: Resolved | undefined): Kept {
  return { told, auto, strain, decisions };
}

export const DECISIONS_MOST = 20;
const NONE: readonly Decision[] = [];
export const NEW: Kept = { told: undefined, auto: NO_AUTO, strain: NO_STRAIN, decisions: NONE };

export function keptBytes({ told, auto, strain, decisions }: Kept): Uint8Array {
  return encodeBytes(KeptSession, {
    ...(told && { told: configOf(told) }),
    autoPreset: auto.preset ?? Preset.UNSPECIFIED,
    autoCaps: [...auto.caps].map(([key, value]) => ({ field: ruleOf(key).field, value })),
    thermal: strain.thermal,
    onBattery: strain.onBattery,
    decisions: [...decisions],
  });
}

export function keptIn(body: Uint8Array, intern: Intern): Kept {
  const { told, autoPreset, autoCaps, thermal, onBattery, decisions } = KeptSession.decode(body);
  const caps = autoCaps.flatMap(({ field, value }) => {
    const key = ruleCalled(field)?.key;
    return key === undefined ? [] : [[key, value] as const];
  });
  const resolved = resolvedIn(told);
  return {
    told: resolved && intern(resolved),
    auto: { preset: autoPreset === Preset.UNSPECIFIED ? undefined : autoPreset, caps: new Map(caps) },
    strain: { thermal: thermal === Thermal.UNSPECIFIED ? Thermal.NOMINAL : thermal, onBattery },
    decisions,
  };
}
