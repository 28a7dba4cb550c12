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
  /** Every local (service id, contract) pair. */
  local(): readonly { readonly serviceId: string; readonly service: DescService }[];
}

/** `ORRERY_RPC_TIME_V1=http://127.0.0.1:7101` serves all contracts of package `time.v1`. */
export function addressKey(service: DescService): string {
  return `ORRERY_RPC_${configPrefix(service.file.proto.package.replaceAll(".", "-")).slice(0, -1)}`;
}

export function createDirectory(env: Readonly<Record<string, string | undefined>>): Directory {
  const local = new Map<string, { serviceId: string; service: DescService; transport: Transport }>();
  const remote = new Map<string, Transport>();

  function transport(service: DescService): Transport {
    const here = local.get(service.typeName);
    if (here !== undefined) return here.transport;
    const known = remote.get(service.typeName);
    if (known !== undefined) return known;
    const baseUrl = env[addressKey(service)];
    if (baseUrl === undefined) throw new OrreryError(serviceErrors.RPC_NO_SERVICE, { given: service.typeName });
    const made = createConnectTransport({ baseUrl, httpVersion: "2", useBinaryFormat: true });
    remote.set(service.typeName, made);
    return made;
  }

  return {
    add(serviceId, services, through) {
      for (const service of services) local.set(service.typeName, { serviceId, service, transport: through });
    },
    remove(serviceId) {
      for (const [name, entry] of local) if (entry.serviceId === serviceId) local.delete(name);
    },
    transport,
    client: (service, caller) => createClient(service, as(caller, transport, service)),
    local: () => [...local.values()].map(({ serviceId, service }) => ({ serviceId, service })),
  };
}

/** Looks the transport up at each call, so that a restarted service is found again, and signs with the caller. */
function as(caller: Caller, lookup: (service: DescService) => Transport, service: DescService): Transport {
  const signed = (header: HeadersInit | undefined) => {
    const headers = new Headers(header);
    for (const [name, value] of Object.entries(callerHeaders(caller))) headers.set(name, value);
    return headers;
  };
  return {
    unary: async (method, signal, timeoutMs, header, input, values) =>
      lookup(service).unary(method, signal, timeoutMs, signed(header), input, values),
    stream: async (method, signal, timeoutMs, header, input, values) =>
      lookup(service).stream(method, signal, timeoutMs, signed(header), input, values),
  };
}

