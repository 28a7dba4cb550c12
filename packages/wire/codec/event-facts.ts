/** How fast an event has to be there; lanes are not ordered against each other. */
export type Lane = "realtime" | "standard" | "bulk";

/** Which clients may see an event. */
export type Audience = "none" | "world" | "region" | "entity" | "listed" | "owner";

/** How long the journal keeps an event: for ever, some real days, some days of its world, or the newest `count` per key. */
export type Retention =
  | { readonly kind: "forever" }
  | { readonly kind: "days"; readonly days: number }
  | { readonly kind: "game_days"; readonly days: number }
  | { readonly kind: "latest"; readonly count: number };

/** The option (orrery.event) of a message, with defaults filled in. Fields are named as in the message (`regionId`). */
export interface EventFacts<I = never> {
  readonly lane: Lane;
  /** The value that orders this event; "" when its world alone does. */
  key(init: I): string;
  /** Field of the key; undefined when there is none. */
  readonly keyField: string | undefined;
  /** The latest per key stands for all before it. */
  readonly coalesce: boolean;
  readonly retention: Retention;
  readonly audience: Audience;
  /** Field with the region id; set when the audience is `region`. */
  readonly regionField: string | undefined;
  /** Field with the player ids; set when the audience is `listed`. */
  readonly listedField: string | undefined;
  /** The event in words: an ICU message over its fields by proto name. */
  readonly says: string;
  /** Field numbers that lead to each field marked `server_only`; a recursive type is followed once. */
  readonly serverOnly: readonly (readonly number[])[];
  /** Field paths marked `entity`, as proto names joined by dots. */
  readonly entityFields: readonly string[];
  /** Field paths marked `personal`, as proto names joined by dots. */
  readonly personalFields: readonly string[];
}
