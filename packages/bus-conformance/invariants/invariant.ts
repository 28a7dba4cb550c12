import type { Features } from "@orrery/bus";
import type { Broker } from "../broker.ts";
import type { Scene } from "../scene.ts";

/** Something every transport must hold to. */
export interface Invariant {
  readonly id: string;
  readonly title: string;
  /** Why it does not apply to a transport with these features; undefined: it does. */
  needs?(features: Features): string | undefined;
  /** What is missing to do it to this broker; undefined: nothing. */
  lacks?(broker: Broker): string | undefined;
  /** Nothing else may run in the process meanwhile. */
  readonly alone?: boolean;
  /** Throws a Violation, or answers figures. */
  run(scene: Scene): Promise<Record<string, number>>;
}
