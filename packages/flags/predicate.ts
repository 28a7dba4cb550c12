import type { Predicate, Segment } from "@orrery/schema/settings/v1";
import { compares } from "./compare.ts";
import type { Context } from "./context.ts";

/** Told of each node as it is decided, the innermost first. */
export type Watching = (node: Predicate, held: boolean, depth: number) => void;

/** A segment as evaluation looks at it: its lists as sets. */
export interface ReadySegment {
  readonly name: string;
  readonly include: ReadonlySet<string>;
  readonly exclude: ReadonlySet<string>;
  readonly when: Predicate | undefined;
}

export type Segments = ReadonlyMap<string, ReadySegment>;

export function readySegment({ name, include, exclude, when }: Segment): ReadySegment {
  return { name, include: new Set(include), exclude: new Set(exclude), when };
}

/** Whether a predicate holds; none always does, an empty one never. */
export function holds(
  node: Predicate | undefined,
  context: Context,
  segments: Segments,
  watching?: Watching,
  depth = 0,
): boolean {
  if (node === undefined) return true;
  const held = decide(node, context, segments, watching, depth);
  watching?.(node, held, depth);
  return held;
}

function decide(
  { predicate }: Predicate,
  context: Context,
  segments: Segments,
  watching: Watching | undefined,
  depth: number,
): boolean {
  const inner = (node: Predicate) => holds(node, context, segments, watching, depth + 1);
  switch (predicate.case) {
    case "compare":
      return compares(predicate.value, context);
    case "segment":
      return isIn(segments.get(predicate.value), context, segments);
    case "all":
      return predicate.value.items.every(inner);
    case "any":
      return predicate.value.items.some(inner);
    case "not":
      return !inner(predicate.value);
    default:
      return false;
  }
}

/** In a segment that is not there is nobody. Segments name no segments, so this ends. */
function isIn(segment: ReadySegment | undefined, context: Context, segments: Segments): boolean {
  if (segment === undefined) return false;
  const { targetingKey } = context;
  if (targetingKey !== "" && segment.exclude.has(targetingKey)) return false;
  if (targetingKey !== "" && segment.include.has(targetingKey)) return true;
  return segment.when !== undefined && holds(segment.when, context, segments);
}
