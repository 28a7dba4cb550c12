import { semanticVersion } from "@orrery/engine-version";
import {
  type Attribute,
  type Capability,
  InstanceState,
  type Load,
  Registration,
} from "@orrery/schema/capability/v1";
import { encodeBytes, OrreryError } from "@orrery/wire";
import { capabilityErrors } from "../errors.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SERVICE = /^[a-z][a-z0-9-]{0,39}$/;
const NAME = /^[a-z][a-z0-9_]{0,63}$/;
const MOST = { capabilities: 64, attributes: 32, endpoints: 16, text: 256, bytes: 32_768 };
const COST = { least: 0.01, most: 1_000 };
const SAID: ReadonlySet<InstanceState> = new Set([
  InstanceState.STARTING,
  InstanceState.READY,
  InstanceState.DEGRADED,
]);

/** @throws CAPABILITY_REGISTRATION naming the field, CAPABILITY_TOO_MANY */
export function checkRegistration(given: Registration): void {
  const { instanceId, serviceId, version, state, zone, capabilities, endpoints } = given;
  const at = `${serviceId || "?"} ${instanceId || "?"}`;
  const refuse = (what: string): never => {
    throw new OrreryError(capabilityErrors.CAPABILITY_REGISTRATION, {
      given: `${at.slice(0, 100)}: ${what}`,
    });
  };
  if (!UUID.test(instanceId)) refuse("instance_id is no UUID in lower case");
  if (!SERVICE.test(serviceId)) refuse("service_id is no service's id");
  if (semanticVersion(version) === undefined) refuse("version is no semantic version");
  if (!isSaid(state)) refuse("state is none that an instance says of itself");
  if (zone.length > MOST.text) refuse(`zone has more than ${MOST.text} characters`);
  if (endpoints.length > MOST.endpoints) refuse(`more than ${MOST.endpoints} endpoints`);
  for (const { address } of endpoints)
    if (address === "" || address.length > MOST.text)
      refuse(`an endpoint's address has 1 to ${MOST.text} characters`);
  if (capabilities.length > MOST.capabilities)
    throw new OrreryError(capabilityErrors.CAPABILITY_TOO_MANY, {
      given: `${at}: ${capabilities.length} capabilities, at most ${MOST.capabilities}`,
    });
  for (const capability of capabilities) checkCapability(capability, refuse);
  const bytes = encodeBytes(Registration, given).length;
  if (bytes > MOST.bytes) refuse(`it has ${bytes} bytes, at most ${MOST.bytes}`);
}

/** What an instance may say of itself: not that it drains, or that it has gone. */
export const isSaid = (state: InstanceState): boolean => SAID.has(state);

function checkCapability(capability: Capability, refuse: (what: string) => never): void {
  const { type, name, costMultiplier: cost, latencyMs, attributes, limits } = capability;
  if (type === "" || name === "") refuse("a capability has a type and a name");
  if (cost !== 0 && !(cost >= COST.least && cost <= COST.most))
    refuse(`cost_multiplier of ${name} is ${COST.least} to ${COST.most}`);
  if (!(latencyMs >= 0 && Number.isFinite(latencyMs))) refuse(`latency_ms of ${name} is no time`);
  if (attributes.length > MOST.attributes) refuse(`${name} has more than ${MOST.attributes} attributes`);
  const names = new Set<string>();
  for (const attribute of attributes) {
    if (!NAME.test(attribute.name) || names.has(attribute.name))
      refuse(
        `the attribute ${JSON.stringify(attribute.name.slice(0, 70))} of ${name} is no name, or is there twice`,
      );
    if (!isValue(attribute)) refuse(`the attribute ${attribute.name} of ${name} has no value to compare`);
    names.add(attribute.name);
  }
  if (limits.some(({ value }) => !Number.isFinite(value))) refuse(`a limit of ${name} is no number`);
}

function isValue({ value }: Attribute): boolean {
  if (value.case === "number") return Number.isFinite(value.value);
  if (value.case === "version") return semanticVersion(value.value) !== undefined;
  return value.case !== undefined;
}

/** Whether a load can be gone by: nothing in it is negative, or no number. */
export function isPlausible({ ewmaMs, errorRate, lagMs = 0 }: Load): boolean {
  const isTime = (ms: number) => ms >= 0 && Number.isFinite(ms);
  return isTime(ewmaMs) && isTime(lagMs) && errorRate >= 0 && errorRate <= 1;
}
