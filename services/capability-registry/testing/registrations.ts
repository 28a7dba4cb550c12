import { create } from "@bufbuild/protobuf";
import {
  type Beat,
  BeatSchema,
  InstanceState,
  type LoadInit,
  type Registration,
  type RegistrationInit,
  RegistrationSchema,
} from "@orrery/schema/capability/v1";

/** A UUID that tells its number. */
export const idOf = (number: number): string =>
  `00000000-0000-4000-8000-${number.toString(16).padStart(12, "0")}`;

/** An instance of `tides`, ready at an address of its own. */
export function registration(number: number, more: RegistrationInit = {}): Registration {
  return create(RegistrationSchema, {
    instanceId: idOf(number),
    serviceId: "tides",
    version: "1.0.0",
    endpoints: [{ name: "calls", protocol: 1, address: `http://10.0.0.1:${number}` }],
    state: InstanceState.READY,
    ...more,
  });
}

/** A heartbeat of it. @param load absent: none is told */
export const beatOf = (number: number, state: InstanceState = InstanceState.READY, load?: LoadInit): Beat =>
  create(BeatSchema, { instanceId: idOf(number), state, ...(load && { load }) });
