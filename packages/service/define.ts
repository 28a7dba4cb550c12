import type { FastifyInstance } from "fastify";
import { SnapshotService } from "@orrery/schema/router/v1";
import { mixedLane, mixInWords, OrreryError } from "@orrery/wire";
import { z } from "zod";
import { serviceErrors } from "./errors.ts";
import type { Kit, Part } from "./kit.ts";
import type { RpcBinding } from "./rpc/serve.ts";
import { serveProjections } from "./rpc/projections.ts";
import { serveShards } from "./rpc/shards.ts";
import { serveSnapshot } from "./rpc/snapshot.ts";
import { checkServiceId } from "./service-id.ts";
import type { Migrations } from "./store/migrations.ts";

/** All that a service is; everything else about it (topics, ports, health, docs) derives from this. */
export interface ServiceDefinition<S extends z.ZodObject = z.ZodObject> {
  /** kebab-case; topics, tables, settings and images take their names from it. */
  readonly id: string;
  /** One sentence: what it does for whom. */
  readonly summary: string;
  /** Semantic version of what it promises to others. Default: this repository's. */
  readonly version?: string;
  /** Why nothing else in its process is to run without it; absent: the others go on when it cannot start. A door always is. */
  readonly essential?: string;
  /** Settings, read from the environment under the service's prefix. */
  readonly config: S;
  /** The state of each world that it keeps, in one aggregate or in several by their names. */
  readonly aggregate?: Part | readonly Part[];
  /** What else runs inside it. */
  readonly parts: readonly Part[];
  readonly rpc: readonly RpcBinding[];
  /** Tables of its own. */
  readonly migrations: Migrations;
  /** Routes on the process's HTTP port; for services that are a door. */
  readonly http?: (app: FastifyInstance, kit: Kit<z.output<S>>) => Promise<void>;
}

type Given<S extends z.ZodObject> = Pick<ServiceDefinition, "id" | "summary"> &
  Partial<Omit<ServiceDefinition<S>, "id" | "summary">>;

/** @throws SERVICE_ID_INVALID, SERVICE_PART_TWICE, SERVICE_PART_MISSING, SERVICE_LANE_MIXED, SERVICE_SNAPSHOT_TWICE */
export function defineService<S extends z.ZodObject = z.ZodObject<{}>>(
  given: Given<S>,
): ServiceDefinition<S> {
  checkServiceId(given.id);
  const definition = {
    parts: [],
    rpc: [],
    migrations: {},
    ...given,
    config: given.config ?? (z.object({}) as unknown as S),
  };
  // Rows, leases and subscriptions go by the name: of two, one would live in the other's.
  const parts = partsOf(definition);
  const names = parts.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined)
    throw new OrreryError(serviceErrors.SERVICE_PART_TWICE, { given: `${given.id}: ${twice}` });
  for (const { name, publishes } of partsOf(definition)) {
    const mix = mixedLane(publishes);
    if (mix !== undefined)
      throw new OrreryError(serviceErrors.SERVICE_LANE_MIXED, {
        given: `${given.id}, part ${name}: ${mixInWords(mix)}`,
      });
  }
  const missing = parts.flatMap(({ needs = [] }) => needs).find((name) => !names.includes(name));
  if (missing !== undefined)
    throw new OrreryError(serviceErrors.SERVICE_PART_MISSING, { given: `${given.id}: ${missing}` });
  const rpc = withProjections(parts, withShards(parts, withSnapshot(given.id, parts, definition.rpc)));
  return { ...definition, rpc };
}

/** Shards are asked by other copies of the service, and how they stand by other services. */
function withShards(parts: readonly Part[], rpc: readonly RpcBinding[]): readonly RpcBinding[] {
  const asked = parts.filter(({ ask }) => ask !== undefined);
  return asked.length === 0 ? rpc : [...rpc, serveShards(asked)];
}

/** Read models are built again when an operator asks for it. */
function withProjections(parts: readonly Part[], rpc: readonly RpcBinding[]): readonly RpcBinding[] {
  const built = parts.filter(({ rebuild }) => rebuild !== undefined);
  return built.length === 0 ? rpc : [...rpc, serveProjections(built)];
}

/** A service is seen by who comes later as its parts say, where it does not say so itself. */
function withSnapshot(id: string, parts: readonly Part[], rpc: readonly RpcBinding[]): readonly RpcBinding[] {
  const told = parts.flatMap(({ snapshot }) => snapshot ?? []);
  if (told.length === 0) return rpc;
  if (rpc.some(({ service }) => service.typeName === SnapshotService.typeName))
    throw new OrreryError(serviceErrors.SERVICE_SNAPSHOT_TWICE, { given: id });
  const together = serveSnapshot(async (request, call) => {
    const answers = await Promise.all(told.map((snapshot) => snapshot(request, call)));
    return {
      events: answers.flatMap(({ events }) => events),
      asOf: answers.flatMap(({ asOf }) => asOf),
    };
  });
  return [...rpc, together];
}

export const aggregatesOf = ({ aggregate = [] }: ServiceDefinition<any>): readonly Part[] =>
  [aggregate].flat();

/** The aggregates first, then the other parts: the order in which they start. */
export const partsOf = (definition: ServiceDefinition<any>): readonly Part[] => [
  ...aggregatesOf(definition),
  ...definition.parts,
];
