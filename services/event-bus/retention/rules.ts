import { codecs } from "@orrery/schema/registry";
import type { Lane, Retention } from "@orrery/wire";

/** How long events are kept: what the operator says of a type, else its contract, else its lane. */
export interface Rules {
  of(type: string, lane: Lane): Retention;
  /** Of every type that a schema here describes, by name. */
  list(): readonly Rule[];
}

export interface Rule {
  readonly type: string;
  readonly lane: Lane;
  readonly retention: Retention;
  /** An operator said so. */
  readonly isSet: boolean;
}

/** Of types that no schema here describes: another version said them, or somebody else. */
const OF_LANE: Readonly<Record<Lane, Retention>> = {
  realtime: { kind: "days", days: 7 },
  standard: { kind: "forever" },
  bulk: { kind: "days", days: 30 },
};

export function rulesFrom(set: ReadonlyMap<string, Retention>): Rules {
  const of = (type: string, lane: Lane) =>
    set.get(type) ?? codecs.get(type)?.event?.retention ?? OF_LANE[lane];
  return {
    of,
    list: () =>
      [...codecs.values()]
        .flatMap(({ typeName: type, event }): Rule[] =>
          event === undefined
            ? []
            : [{ type, lane: event.lane, retention: of(type, event.lane), isSet: set.has(type) }],
        )
        .sort((a, b) => (a.type < b.type ? -1 : 1)),
  };
}
