import {
  Change,
  type HistoryRequest,
  type HistoryResponse,
  Scope,
  Visibility,
} from "@orrery/schema/settings/v1";
import { type Call, pageAsked } from "@orrery/service";
import type { InitOf } from "@orrery/wire";
import { definitions } from "../definitions/part.ts";
import { maySee } from "../definitions/registry.ts";
import type { SettingsTables } from "../tables.ts";
import { deviceScopeId, OF_PLAYERS } from "../values/place.ts";
import { PAGES } from "./pages.ts";
import { playerOf } from "./submit.ts";

/** Newest first. A player sees changes of own values; operators of any place. */
export async function history(request: HistoryRequest, call: Call): Promise<InitOf<typeof HistoryResponse>> {
  const { place, ...asked } = request;
  const player = playerOf(call, request.playerId);
  const { key = "", scope = Scope.UNSPECIFIED, scopeId = "" } = place ?? {};
  const page = pageAsked(asked, ["history", player, key, scope, scopeId], ["number"], PAGES);
  const owner =
    call.caller.role === "player" || OF_PLAYERS.has(scope) || scope === Scope.UNSPECIFIED ? player : "";
  let query = call.kit.store.as<SettingsTables>().selectFrom("change").selectAll().where("owner", "=", owner);
  if (key !== "") query = query.where("key", "=", key);
  if (scope !== Scope.UNSPECIFIED) query = query.where("scope", "=", scope);
  if (scopeId !== "")
    query = query.where("scope_id", "=", scope === Scope.DEVICE ? deviceScopeId(player, scopeId) : scopeId);
  if (page.place !== undefined) query = query.where("seq", "<=", page.place[0]);
  const rows = await query
    .orderBy("seq", "desc")
    .limit(page.size + 1)
    .execute();
  const next = rows[page.size];
  const registry = call.part(definitions);
  const changes = rows
    .slice(0, page.size)
    .map(({ body }) => Change.decode(body))
    .filter((change) => {
      const definition = registry.find(change.key);
      return definition === undefined ? call.caller.role !== "player" : maySee(call.caller, definition);
    })
    .map((change) => (registry.find(change.key)?.visibility === Visibility.SECRET ? hidden(change) : change));
  return { changes, nextPageToken: page.next(next && [Number(next.seq)]) };
}

/** What became secret after it was written is not shown either. */
const hidden = ({ oldValue: _, newValue: __, ...change }: Change) => ({ ...change, hidden: true });
