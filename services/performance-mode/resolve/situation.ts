import { type Layer, type Mode, type Preset, Thermal } from "@orrery/schema/performance/v1";
import type { Key, Values } from "../matrix/fields.ts";
import type { Matrix } from "../matrix/matrix.ts";

/** What the controller has chosen in a session. */
export interface AutoState {
  /** Undefined: where the benchmark, or nothing, begins. */
  readonly preset: Preset | undefined;
  /** Values that nothing may cost more than. */
  readonly caps: ReadonlyMap<Key, number>;
}
export const NO_AUTO: AutoState = { preset: undefined, caps: new Map() };

/** What a device can stand at present. */
export interface Strain {
  readonly thermal: Thermal;
  readonly onBattery: boolean;
}
export const NO_STRAIN: Strain = { thermal: Thermal.NOMINAL, onBattery: false };

/** All that decides what a client is to show. */
export interface Situation {
  readonly matrix: Matrix;
  readonly mode: Mode;
  /** Of the user; undefined: none was chosen. */
  readonly preset: Preset | undefined;
  readonly isAuto: boolean;
  /** Of the user; undefined: the mode's own. */
  readonly targetFps: number | undefined;
  /** That the benchmark begins with; undefined: there was none. */
  readonly benchmark: Preset | undefined;
  readonly overrides: ReadonlyMap<Key, number>;
  readonly auto: AutoState;
  readonly strain: Strain;
  /** Frames a second on battery at most. */
  readonly batteryFps: number;
  /** Strongest effects that the content policy allows. */
  readonly policy: ReadonlyMap<Key, number>;
  /** What the operators' rules allow the device's class at most. */
  readonly locks: ReadonlyMap<Key, number>;
}

/** Which layer each field's value comes from, and what the others said. */
export interface Said {
  readonly layer: Layer;
  readonly value: number;
  readonly lost: string;
}
export interface Resolved {
  readonly mode: Mode;
  readonly preset: Preset;
  readonly isAuto: boolean;
  readonly values: Values;
}
