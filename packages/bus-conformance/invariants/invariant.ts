import type { Features } from "@orrery/bus";
import type { Scene } from "../scene.ts";

/** Something every transport must hold to. */
export interface Invariant {
  readonly id: string;
  readonly title: string;
  /** Why it does not apply to a transport with these features; undefined: it does. */
  needs?(features: Features): string | undefined;
  /** Throws a Violation, or answers figures. */
  run(scene: Scene): Promise<Record<string, number>>;
}
