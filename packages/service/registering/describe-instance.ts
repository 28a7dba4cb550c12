import { EndpointProtocol, InstanceState, type RegistrationInit } from "@orrery/schema/capability/v1";
import { fingerprint } from "@orrery/schema/registry";
import { describe } from "../describe.ts";
import type { Hosted } from "../hosted.ts";
import { servicePath } from "../rpc/inner.ts";

/** Where the services of a process are reached. */
export interface Reach {
  /** Names the process among those of its deployment, over restarts. */
  readonly instance: string;
  readonly zone: string;
  readonly codeVersion: string;
  /** Types that come from others than services. */
  readonly outside: readonly string[];
  /** `http://127.0.0.1:7101`; undefined: nobody outside reaches it. */
  readonly innerUrl: string | undefined;
  /** Of services that are a door. */
  readonly doorUrl: string | undefined;
}

/** Of services that do not say another: the version of this repository. */
const VERSION = "0.1.0";

/** What a service says of itself when it registers: all of it follows from its definition. */
export function describeInstance(hosted: Hosted, instanceId: string, reach: Reach): RegistrationInit {
  const { definition } = hosted;
  const { id: serviceId, publishes, subscribes } = describe(definition);
  const contracts = [...new Set(definition.rpc.map(({ service }) => service.typeName))];
  return {
    instanceId,
    serviceId,
    version: `${definition.version ?? VERSION}+${reach.codeVersion.replace(/[^0-9A-Za-z.-]+/g, "-")}`,
    endpoints: endpointsOf(hosted, reach),
    zone: reach.zone,
    capabilities: contracts.map((name) => ({ type: "rpc", name })),
    publishes: [...publishes],
    subscribes: [...subscribes],
    schemaFingerprint: fingerprint,
    state: stateOf(hosted),
    outside: [...reach.outside],
  };
}

function endpointsOf({ definition }: Hosted, { instance, innerUrl, doorUrl }: Reach) {
  const process = {
    name: "process",
    protocol: EndpointProtocol.CONNECT,
    address: `process:${instance}`,
  };
  const inner = innerUrl && {
    name: "calls",
    protocol: EndpointProtocol.CONNECT,
    address: innerUrl + servicePath(definition.id),
  };
  const door = definition.http &&
    doorUrl && { name: "door", protocol: EndpointProtocol.HTTP, address: doorUrl };
  return [process, ...(inner ? [inner] : []), ...(door ? [door] : [])];
}

/** One that could not start stays STARTING; one that lacks what it needs is DEGRADED. */
export function stateOf({ running, report }: Hosted): InstanceState {
  if (running === undefined) return InstanceState.STARTING;
  return report().ready ? InstanceState.READY : InstanceState.DEGRADED;
}
