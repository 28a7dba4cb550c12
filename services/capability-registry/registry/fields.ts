import { InstanceState, type Capability } from "@orrery/schema/capability/v1";
import type { FieldValue, Looked } from "../filter/evaluate.ts";
import type { Fields, Filter } from "../filter/filter.ts";
import type { Live } from "./live.ts";

/** What filters can ask of an instance; the second half belongs to each of its capabilities. */
const OF_INSTANCE: Fields = {
  service: "text",
  instance: "text",
  source: "text",
  version: "version",
  zone: "text",
  state: "text",
  publishes: "texts",
  subscribes: "texts",
};
const OF_CAPABILITY: Fields = {
  type: "text",
  name: "text",
  cost: "number",
  latency_ms: "number",
  "attr.*": "open",
};
export const INSTANCE_FIELDS: Fields = { ...OF_INSTANCE, ...OF_CAPABILITY };

const STATES = new Map<number, string>(
  Object.entries(InstanceState).map(([name, state]) => [state, name.toLowerCase()]),
);
export const stateName = (state: InstanceState): string => STATES.get(state) ?? "unspecified";

/** @param capability undefined: the instance as a whole, which has no field of a capability */
export function lookAt(live: Live, capability: Capability | undefined): Looked {
  const { registration, sourceId, state } = live;
  return {
    hasTag: (name) => capability?.tags.includes(name) ?? false,
    field(name): FieldValue {
      switch (name) {
        case "service":
          return registration.serviceId;
        case "instance":
          return live.id;
        case "source":
          return sourceId;
        case "version":
          return { version: registration.version };
        case "zone":
          return registration.zone;
        case "state":
          return stateName(state);
        case "publishes":
          return registration.publishes;
        case "subscribes":
          return registration.subscribes;
        case "type":
          return capability?.type;
        case "name":
          return capability?.name;
        case "cost":
          return capability && costOf(capability);
        case "latency_ms":
          return capability?.latencyMs;
        default:
          return attributeOf(capability, name.slice("attr.".length));
      }
    },
  };
}

export const costOf = ({ costMultiplier }: Capability): number => costMultiplier || 1;

function attributeOf(capability: Capability | undefined, name: string): FieldValue {
  const value = capability?.attributes.find((attribute) => attribute.name === name)?.value;
  return value?.case === "version" ? { version: value.value } : value?.value;
}

/** Whether a filter asks for anything that only capabilities have. */
export function asksCapability(filter: Filter | undefined): boolean {
  if (filter === undefined) return false;
  switch (filter.kind) {
    case "and":
    case "or":
      return filter.of.some(asksCapability);
    case "not":
      return asksCapability(filter.of);
    case "tag":
      return true;
    default:
      return !Object.hasOwn(OF_INSTANCE, filter.field);
  }
}
