import type { Lane } from "@orrery/wire";

/** A client-visible event as the edge holds it: its bytes, already without server-only fields, and who may have it. */
export interface SeenEvent {
  readonly world: string;
  readonly source: string;
  readonly publisher: string;
  readonly sequence: number;
  readonly lane: Lane;
  readonly type: string;
  readonly key: string;
  readonly timeMs: number;
  readonly cause: { readonly publisher: string; readonly sequence: number } | undefined;
  readonly payload: Uint8Array;
  /** The latest per (type, key) stands for those before it. */
  readonly coalesce: boolean;
  readonly audience: Audience;
}

export type Audience =
  | { readonly to: "world" }
  | { readonly to: "region"; readonly region: string }
  | { readonly to: "entity"; readonly entity: string }
  | { readonly to: "players"; readonly players: readonly string[] };

/** What an event costs in a queue, bytes: its payload and its share of a frame. */
export function costOf(event: SeenEvent): number {
  return event.payload.length + event.key.length + 24;
}
