import { create } from "@bufbuild/protobuf";
import { DeliveryState, EventFilterSchema, EndpointSchema, WebhookService } from "@orrery/schema/bus/v1";
import { type Call, pageAsked, serve, serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { journalErrors } from "../errors.ts";
import { journal } from "../journal/part.ts";
import type { Found } from "../journal/read.ts";
import { PAGES } from "../pages.ts";
import { webhooks } from "./part.ts";
import type { DeliveryRow, WebhookTables } from "./tables.ts";

const ID = /^[a-z0-9-]{1,64}$/;
const MOST = { ratePerS: 1_000, timeoutS: 30, redelivered: 100 } as const;

const invalid = (given: string) => new OrreryError(serviceErrors.RPC_FIELD_INVALID, { given });

function told({ publisher, sequence, endpoint: _endpoint, ...row }: DeliveryRow) {
  const { latency_ms: latencyMs, next_ms: nextMs, last_ms: lastMs, ...rest } = row;
  return { ...rest, event: { publisher, sequence }, latencyMs, nextMs, lastMs };
}

/** An event that was never published: it says that the way is open. */
function testEvent(world: string, call: Call): Found {
  const timeMs = call.kit.clock.now();
  return {
    ordinal: 0,
    id: { publisher: `${call.kit.service}/webhook-test`, sequence: Math.floor(timeMs) },
    type: "bus.v1.WebhookTest",
    key: "",
    service: call.kit.service,
    world,
    lane: "standard",
    timeMs,
    payload: new Uint8Array(),
    undecodable: "no event of the journal",
    fingerprint: call.kit.fingerprint,
  };
}

export const webhookRpc = serve(WebhookService, {
  async putEndpoint({ endpoint, after }, call) {
    const spec = endpoint ?? create(EndpointSchema);
    if (!ID.test(spec.id)) throw invalid(`id ${spec.id}: 1 to 64 of a-z, 0-9 and -`);
    if (spec.ratePerS > MOST.ratePerS) throw invalid(`rate_per_s ${spec.ratePerS}, at most ${MOST.ratePerS}`);
    if (spec.timeoutS > MOST.timeoutS) throw invalid(`timeout_s ${spec.timeoutS}, at most ${MOST.timeoutS}`);
    const { keeper } = call.part(journal);
    if (keeper.newest(spec.worldId) === 0)
      throw new OrreryError(journalErrors.BUS_UNKNOWN_EVENT, {
        given: `anything of a world ${spec.worldId}`,
      });
    const filled = { ...spec, filter: spec.filter ?? create(EventFilterSchema) };
    const secret = await call.part(webhooks).put(filled, after);
    return { info: await call.part(webhooks).info(spec.id), secret };
  },
  async verifyEndpoint({ id }, call) {
    await call.part(webhooks).verify(id);
    return { info: await call.part(webhooks).info(id) };
  },
  rotateSecret: ({ id }, call) => call.part(webhooks).rotate(id),
  async pauseEndpoint({ id }, call) {
    await call.part(webhooks).pause(id);
    return { info: await call.part(webhooks).info(id) };
  },
  async resumeEndpoint({ id }, call) {
    await call.part(webhooks).resume(id);
    return { info: await call.part(webhooks).info(id) };
  },
  async removeEndpoint({ id }, call) {
    await call.part(webhooks).remove(id);
    return {};
  },
  async testEndpoint({ id }, call) {
    const { endpoint } = await call.part(webhooks).info(id);
    const event = testEvent(endpoint.worldId, call);
    const { status, latencyMs, error } = await call.part(webhooks).test(id, event);
    return { status, latencyMs, error };
  },
  async redeliver({ id, events }, call) {
    if (events.length < 1 || events.length > MOST.redelivered)
      throw invalid(`${events.length} events, 1 to ${MOST.redelivered}`);
    const { endpoint } = await call.part(webhooks).info(id);
    const { reader } = call.part(journal);
    const found: Found[] = [];
    for (const event of events) {
      const known = await reader.get(endpoint.worldId, event);
      if (known === undefined)
        throw new OrreryError(journalErrors.BUS_UNKNOWN_EVENT, {
          given: `${event.publisher}/${event.sequence} in ${endpoint.worldId}`,
        });
      found.push(known);
    }
    await call.part(webhooks).redeliver(id, found);
    return { accepted: found.length };
  },
  listEndpoints: async (_request, call) => ({ endpoints: [...(await call.part(webhooks).list())] }),
  async listDeliveries({ id, state, ...asked }, call) {
    await call.part(webhooks).info(id);
    const page = pageAsked(asked, ["deliveries", id, state], ["number"], PAGES);
    const [before] = page.place ?? [Number.MAX_SAFE_INTEGER];
    let query = call.kit.store
      .as<WebhookTables>()
      .selectFrom("delivery")
      .selectAll()
      .where("endpoint", "=", id)
      .where("ordinal", "<", before)
      .orderBy("ordinal", "desc")
      .limit(page.size);
    if (state !== DeliveryState.UNSPECIFIED) query = query.where("state", "=", state);
    const rows = await query.execute();
    const last = rows.at(-1);
    return {
      deliveries: rows.map(told),
      nextPageToken: page.next(rows.length === page.size && last !== undefined ? [last.ordinal] : undefined),
    };
  },
});
