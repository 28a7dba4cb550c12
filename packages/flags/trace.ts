import type { Predicate, Rule, Split } from "@orrery/schema/settings/v1";

/** Told how an evaluation goes, for whoever explains it. */
export interface Trace {
  /** @param came what it came to; undefined: it leads back to itself */
  prerequisite(flag: string, wanted: string, held: boolean, came: string | undefined): void;
  /** A node of a rule, the innermost first. */
  node(node: Predicate, held: boolean, depth: number): void;
  rule(rule: Rule, held: boolean): void;
  bucket(bucket: number, split: Split): void;
}
