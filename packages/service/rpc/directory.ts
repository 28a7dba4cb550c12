import type { DescMethod, DescService } from "@bufbuild/protobuf";
import { type Client, createClient, type Transport } from "@connectrpc/connect";
import { type Clock, systemClock } from "@orrery/bus";
import type { HealthChange, Pool } from "@orrery/targets";
import { OrreryError } from "@orrery/wire";
import { serviceErrors } from "../errors.ts";
import { nameCaller } from "../telemetry-spans.ts";
import { type Caller, callerHeaders } from "./caller.ts";
import type { HandOver, LocalTransport } from "./mount.ts";
import { type Copy, type Neighbour, neighbourTransport } from "./neighbours.ts";

/** Which transport reaches which contract: in memory when it is served here, HTTP where a neighbour serves it. */
export interface Directory {
  /** In the place of what stood there for this service. */
  put(serviceId: string, services: readonly DescService[], transport: Transport): void;
  remove(serviceId: string): void;
  /** @throws RPC_NO_SERVICE */
  transport(service: DescService): Transport;
  /** Of a contract that several services answer. @throws RPC_NO_SERVICE */
  transportOf(serviceId: string, service: DescService): Transport;
  /** A method that is served in this process; undefined: it is not. */
  handOver(method: DescMethod): HandOver | undefined;
  client<S extends DescService>(service: S, caller: Caller): Client<S>;
  /** A contract that several services answer, each for itself: the one of this service. */
  clientOf<S extends DescService>(serviceId: string, service: S, caller: Caller): Client<S>;
  /** The copies of a service in other processes; undefined: there are none. */
  elsewhere<S extends DescService>(serviceId: string, service: S): Client<S> | undefined;
  /** Every (service id, contract) pair of the deployment. */
  served(): readonly { readonly serviceId: string; readonly service: DescService }[];
  /** Copies of services in other processes, as this one sees them, by service id. */
  targets(): ReadonlyMap<string, Pool<Copy>>;
  /** Tells of each change of a copy's health from now on. @returns stops it */
  watchTargets(told: (serviceId: string, change: HealthChange) => void): () => void;
}

interface Entry {
  readonly serviceId: string;
  readonly service: DescService;
  readonly transport: Transport;
}

/**
 * @param key of the deployment; calls to neighbours carry it
 * @param copies of services that run here, in other processes
 */
export function createDirectory(
  neighbours: readonly Neighbour[] = [],
  key = "",
  copies: readonly Neighbour[] = [],
  clock: Clock = systemClock,
): Directory {
  let local: Entry[] = [];
  const pools = new Map<string, Pool<Copy>>();
  const watchers = new Set<(serviceId: string, change: HealthChange) => void>();
  const reach = (neighbour: Neighbour) => {
    const { id } = neighbour.definition;
    const transport = neighbourTransport(neighbour, key, clock, (change) => {
      for (const told of watchers) told(id, change);
    });
    pools.set(id, transport.pool);
    return transport;
  };
  const remote = neighbours.flatMap((neighbour) => {
    const transport = reach(neighbour);
    const { id, rpc } = neighbour.definition;
    return rpc.map(({ service }) => ({ serviceId: id, service, transport }));
  });
  const others = new Map(copies.map((copy) => [copy.definition.id, reach(copy)]));
  const find = (matches: (entry: Entry) => boolean) => local.find(matches) ?? remote.find(matches);

  function transport(service: DescService): Transport {
    const found = find((entry) => entry.service.typeName === service.typeName);
    if (found === undefined) throw new OrreryError(serviceErrors.RPC_NO_SERVICE, { given: service.typeName });
    return found.transport;
  }

  function transportOf(serviceId: string, service: DescService): Transport {
    const found = find(
      (entry) => entry.serviceId === serviceId && entry.service.typeName === service.typeName,
    );
    if (found === undefined)
      throw new OrreryError(serviceErrors.RPC_NO_SERVICE, { given: `${service.typeName} of ${serviceId}` });
    return found.transport;
  }

  return {
    put(serviceId, services, through) {
      local = local.filter((entry) => entry.serviceId !== serviceId);
      for (const service of services) local.push({ serviceId, service, transport: through });
    },
    remove(serviceId) {
      local = local.filter((entry) => entry.serviceId !== serviceId);
    },
    transport,
    transportOf,
    handOver(method) {
      const found = local.find(({ service }) => service.typeName === method.parent.typeName)?.transport;
      return found !== undefined && "handOver" in found
        ? (found as LocalTransport).handOver(method)
        : undefined;
    },
    client: (service, caller) =>
      createClient(
        service,
        signedBy(caller, () => transport(service)),
      ),
    clientOf: (serviceId, service, caller) =>
      createClient(
        service,
        signedBy(caller, () => transportOf(serviceId, service)),
      ),
    elsewhere(serviceId, service) {
      const through = others.get(serviceId);
      const caller: Caller = { role: "service", id: serviceId, scopes: [] };
      return (
        through &&
        createClient(
          service,
          signedBy(caller, () => through),
        )
      );
    },
    targets: () => pools,
    watchTargets(told) {
      watchers.add(told);
      return () => void watchers.delete(told);
    },
    served: () => [...local, ...remote].map(({ serviceId, service }) => ({ serviceId, service })),
  };
}

/** Looks the transport up at each call, so that a restarted service is found again, and signs with the caller. */
function signedBy(caller: Caller, lookup: () => Transport): Transport {
  const signed = (header: ConstructorParameters<typeof Headers>[0]) => {
    const headers = new Headers(header);
    for (const [name, value] of Object.entries(callerHeaders(caller))) headers.set(name, value);
    nameCaller(headers);
    return headers;
  };
  return {
    unary: async (method, signal, timeoutMs, header, input, values) =>
      lookup().unary(method, signal, timeoutMs, signed(header), input, values),
    stream: async (method, signal, timeoutMs, header, input, values) =>
      lookup().stream(method, signal, timeoutMs, signed(header), input, values),
  };
}
