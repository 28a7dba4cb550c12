import type { DescService } from "@bufbuild/protobuf";
import { type Client, createClient, type Transport } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { OrreryError } from "@orrery/wire";
import { configPrefix } from "../config.ts";
import { serviceErrors } from "../errors.ts";
import { type Caller, callerHeaders } from "./caller.ts";

/** Which transport reaches which contract: in memory when it is served here, HTTP where an address is known. */
export interface Directory {
  add(serviceId: string, services: readonly DescService[], transport: Transport): void;
  remove(serviceId: string): void;
  /** @throws RPC_NO_SERVICE */
  transport(service: DescService): Transport;
  client<S extends DescService>(service: S, caller: Caller): Client<S>;
  /** A contract that several services answer, each for itself: the one of this service. */
  clientOf<S extends DescService>(serviceId: string, service: S, caller: Caller): Client<S>;
  /** Every local (service id, contract) pair. */
  local(): readonly { readonly serviceId: string; readonly service: DescService }[];
}

/** `ORRERY_RPC_TIME_V1=http://127.0.0.1:7101` serves all contracts of package `time.v1`. */
export function addressKey(service: DescService): string {
  return `ORRERY_RPC_${configPrefix(service.file.proto.package.replaceAll(".", "-")).slice(0, -1)}`;
}

export function createDirectory(env: Readonly<Record<string, string | undefined>>): Directory {
  let local: { readonly serviceId: string; readonly service: DescService; readonly transport: Transport }[] =
    [];
  const remote = new Map<string, Transport>();

  function transport(service: DescService): Transport {
    const here = local.find((entry) => entry.service.typeName === service.typeName);
    if (here !== undefined) return here.transport;
    const known = remote.get(service.typeName);
    if (known !== undefined) return known;
    const baseUrl = env[addressKey(service)];
    if (baseUrl === undefined)
      throw new OrreryError(serviceErrors.RPC_NO_SERVICE, { given: service.typeName });
    const made = createConnectTransport({ baseUrl, httpVersion: "2", useBinaryFormat: true });
    remote.set(service.typeName, made);
    return made;
  }

  function transportOf(serviceId: string, service: DescService): Transport {
    const here = local.find(
      (entry) => entry.serviceId === serviceId && entry.service.typeName === service.typeName,
    );
    if (here === undefined)
      throw new OrreryError(serviceErrors.RPC_NO_SERVICE, { given: `${service.typeName} of ${serviceId}` });
    return here.transport;
  }

  return {
    add(serviceId, services, through) {
      for (const service of services) local.push({ serviceId, service, transport: through });
    },
    remove(serviceId) {
      local = local.filter((entry) => entry.serviceId !== serviceId);
    },
    transport,
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
    local: () => local.map(({ serviceId, service }) => ({ serviceId, service })),
  };
}

/** Looks the transport up at each call, so that a restarted service is found again, and signs with the caller. */
function signedBy(caller: Caller, lookup: () => Transport): Transport {
  const signed = (header: ConstructorParameters<typeof Headers>[0]) => {
    const headers = new Headers(header);
    for (const [name, value] of Object.entries(callerHeaders(caller))) headers.set(name, value);
    return headers;
  };
  return {
    unary: async (method, signal, timeoutMs, header, input, values) =>
      lookup().unary(method, signal, timeoutMs, signed(header), input, values),
    stream: async (method, signal, timeoutMs, header, input, values) =>
      lookup().stream(method, signal, timeoutMs, signed(header), input, values),
  };
}
