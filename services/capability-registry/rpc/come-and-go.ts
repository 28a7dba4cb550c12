import {
  type DeregisterRequest,
  DeregisterRequestSchema,
  DeregisterResponse,
  type DrainRequest,
  DrainRequestSchema,
  DrainResponse,
  ExpiryReason,
  type HeartbeatRequest,
  type RegisterRequest,
  RegisterRequestSchema,
  RegisterResponse,
} from "@orrery/schema/capability/v1";
import type { Call } from "@orrery/service";
import { HEARTBEAT_MS, LEASE_MS } from "../registry/leases.ts";
import { instances } from "../registry/part.ts";
import type { Registry } from "../registry/registry.ts";
import { answerKey, keeping } from "../store/answers.ts";
import { answeredBefore } from "./answered.ts";
import { checkCount, checkSource, checkSpeaksFor } from "./caller.ts";

const MOST = 64;

export async function register(request: RegisterRequest, call: Call) {
  const { registry } = call.part(instances);
  const { sourceId, instances: given } = request;
  checkSource(sourceId);
  checkCount("instances", given.length, MOST);
  for (const { serviceId } of given) checkSpeaksFor(call, serviceId);
  const asked = answerKey(call.caller, RegisterRequestSchema, request);
  const known = await answeredBefore(call, asked, RegisterResponse);
  if (known !== undefined) return known;
  const reply = (revision: number) => ({ leaseMs: LEASE_MS, heartbeatMs: HEARTBEAT_MS, revision });
  const revision = await registry.register(sourceId, given, (reached) =>
    keeping(asked, RegisterResponse, reply(reached), call.kit.hostMs()),
  );
  return reply(revision);
}

export function heartbeat({ sourceId, beats }: HeartbeatRequest, call: Call) {
  const { registry } = call.part(instances);
  checkSource(sourceId);
  checkCount("beats", beats.length, MOST, 0);
  for (const { instanceId } of beats) checkOwn(registry, instanceId, call);
  const unknown = registry.beat(sourceId, beats);
  const leaseUntilMs = registry.now() + LEASE_MS + registry.offset();
  return { leaseUntilMs, nextMs: HEARTBEAT_MS, unknown: [...unknown] };
}

export async function drain(request: DrainRequest, call: Call) {
  const { registry } = call.part(instances);
  const { instanceIds: ids, deadlineMs } = request;
  checkCount("instance_ids", ids.length, MOST);
  for (const id of ids) checkOwn(registry, id, call);
  const asked = answerKey(call.caller, DrainRequestSchema, request);
  const known = await answeredBefore(call, asked, DrainResponse);
  if (known !== undefined) return known;
  const revision = await registry.drain(ids, (reached) =>
    keeping(asked, DrainResponse, { revision: reached }, call.kit.hostMs()),
  );
  call.kit.log.info({ ids, deadlineMs }, "instances drain");
  return { revision };
}

export async function deregister(request: DeregisterRequest, call: Call) {
  const { registry } = call.part(instances);
  const { instanceIds: ids } = request;
  checkCount("instance_ids", ids.length, MOST);
  for (const id of ids) checkOwn(registry, id, call);
  const asked = answerKey(call.caller, DeregisterRequestSchema, request);
  const known = await answeredBefore(call, asked, DeregisterResponse);
  if (known !== undefined) return known;
  const reason = call.caller.role === "admin" ? ExpiryReason.ADMIN : ExpiryReason.DEREGISTERED;
  const revision = await registry.deregister(ids, reason, (reached) =>
    keeping(asked, DeregisterResponse, { revision: reached }, call.kit.hostMs()),
  );
  return { revision };
}

/** One that is not known is nobody's. @throws CAPABILITY_NOT_YOURS */
function checkOwn({ book }: Registry, id: string, call: Call): void {
  const live = book.get(id);
  if (live !== undefined) checkSpeaksFor(call, live.registration.serviceId);
}
