import {
  type GetTopologyRequest,
  type ListInstancesRequest,
  RegistryService,
  type ResolveRequest,
} from "@orrery/schema/capability/v1";
import { type Call, pageAsked, serve } from "@orrery/service";
import { catalogue } from "../catalogue/part.ts";
import { instanceOf } from "../registry/kept.ts";
import { isAlive } from "../registry/live.ts";
import { matchOf } from "../registry/match.ts";
import { instances } from "../registry/part.ts";
import { resolve } from "../registry/resolve.ts";
import { topologyOf } from "../registry/topology.ts";
import { deadLettersOf } from "../sessions/dead-letters.ts";
import { checkCount } from "./caller.ts";
import { deregister, drain, heartbeat, register } from "./come-and-go.ts";
import { watch } from "./watch.ts";

const CANDIDATES_MOST = 16;
const NO_HINTS = { zone: "", latencyBudgetMs: 0, maxCost: 0 };

export const registryRpc = serve(RegistryService, {
  register,
  heartbeat,
  drain,
  deregister,
  watch,
  resolve({ filter: text, hints, limit }: ResolveRequest, call: Call) {
    checkCount("limit", limit, CANDIDATES_MOST, 0);
    const { registry } = call.part(instances);
    const { book } = registry;
    const filter = call.part(instances).filter(text);
    const now = registry.now();
    const matches = registry.matches(text, filter);
    const candidates = resolve(book, matches, filter, text, hints ?? NO_HINTS, limit || CANDIDATES_MOST, now);
    return {
      candidates,
      revision: book.revision,
      catalogueRevision: call.part(catalogue).revision,
    };
  },
  listInstances(request: ListInstancesRequest, call: Call) {
    const { filter: text, expired } = request;
    const page = pageAsked(request, ["instances", text, expired], ["text", "text"]);
    const { registry } = call.part(instances);
    const { book } = registry;
    const filter = call.part(instances).filter(text);
    const place = ({ registration, id }: { registration: { serviceId: string }; id: string }) =>
      `${registration.serviceId}\n${id}`;
    const from = page.place?.join("\n") ?? "";
    registry.now();
    const found = [...book.all()]
      .filter((live) => (expired || isAlive(live)) && place(live) >= from && matchOf(live, filter))
      .sort((a, b) => (place(a) < place(b) ? -1 : 1));
    const next = found[page.size];
    return {
      instances: found.slice(0, page.size).map((live) => instanceOf(live, book.leases, registry.offset())),
      revision: book.revision,
      nextPageToken: page.next(next && [next.registration.serviceId, next.id]),
    };
  },
  async getTopology(_request: GetTopologyRequest, call: Call) {
    const { registry } = call.part(instances);
    const deadLetters = await deadLettersOf(call.kit);
    const { book } = registry;
    return {
      ...topologyOf(book, deadLetters),
      revision: book.revision,
      suspicion: book.leases.suspicion(registry.now()) ?? "",
    };
  },
});
