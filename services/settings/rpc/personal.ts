import { fromJson, toJson } from "@bufbuild/protobuf";
import {
  EraseRequest,
  EraseResponse,
  type ExportRequest,
  type ExportResponse,
  ImportRequest,
  PlayerContentSchema,
  Scope,
  SetManyResponse,
  StoredValueSchema,
  type StoredValue,
  TierRecordSchema,
  Change,
  ChangeSchema,
  PolicySnapshotSchema,
  Sync,
} from "@orrery/schema/settings/v1";
import type { Call } from "@orrery/service";
import { type InitOf, OrreryError } from "@orrery/wire";
import { definitions } from "../definitions/part.ts";
import { settingsErrors } from "../errors.ts";
import { erasePlayer } from "../keep/erase.ts";
import { erasing } from "../keep/erasing.ts";
import type { SettingsTables } from "../tables.ts";
import { authorOf } from "../values/author.ts";
import { setAll } from "../values/set-job.ts";
import { targetOf } from "../values/target.ts";
import { keeper } from "../write/keeper.ts";
import { policyOf } from "../write/player.ts";
import { playerOf, submit } from "./submit.ts";

const FORMAT = 1;

/** All that is kept about a player, in the terms of the contract. */
export async function exportPlayer(
  request: ExportRequest,
  call: Call,
): Promise<InitOf<typeof ExportResponse>> {
  const player = playerOf(call, request.playerId);
  const { values, tier, content, sessions } = await call.part(keeper).player(player);
  const rows = await call.kit.store
    .as<SettingsTables>()
    .selectFrom("change")
    .select("body")
    .where("owner", "=", player)
    .orderBy("seq")
    .execute();
  const file = {
    format: FORMAT,
    player_id: player,
    values: [...values.values()].map((value) => toJson(StoredValueSchema, value)),
    tier: tier && toJson(TierRecordSchema, tier),
    content: content && toJson(PlayerContentSchema, content),
    sessions: [...sessions.values()].map((open) => toJson(PolicySnapshotSchema, policyOf(open))),
    changes: rows.map(({ body }) => toJson(ChangeSchema, Change.decode(body))),
  };
  return { file: new Uint8Array(Buffer.from(JSON.stringify(file))) };
}

/** Sets the player's roaming values from an export, as one write. @throws SETTINGS_IMPORT, and what a write throws */
export async function importPlayer(
  request: ImportRequest,
  call: Call,
): Promise<InitOf<typeof SetManyResponse>> {
  const player = playerOf(call, request.playerId);
  const registry = call.part(definitions);
  const items = valuesIn(request.file)
    .filter(({ scope, key }) => scope === Scope.PLAYER && registry.find(key)?.sync !== Sync.DEVICE)
    .map(({ key, value }) => ({
      target: targetOf(registry, call.caller, player, { key, scope: Scope.PLAYER, scopeId: "" }),
      value,
      expectedRevision: undefined,
    }));
  return submit(call, [ImportRequest, request], SetManyResponse, [player], (turn) => ({
    results: setAll(turn, items, authorOf(call.caller, { reason: "import" })),
  }));
}

function valuesIn(file: Uint8Array): StoredValue[] {
  try {
    const { format, values } = JSON.parse(Buffer.from(file).toString()) as {
      format: unknown;
      values: unknown;
    };
    if (format !== FORMAT || !Array.isArray(values)) throw new Error("no format or values");
    return values.map((value) => fromJson(StoredValueSchema, value));
  } catch (cause) {
    throw new OrreryError(settingsErrors.SETTINGS_IMPORT, { given: `${file.length} bytes`, cause });
  }
}

export async function erase(request: EraseRequest, call: Call): Promise<InitOf<typeof EraseResponse>> {
  const player = playerOf(call, request.playerId);
  const forgetting = call.part(erasing);
  return submit(call, [EraseRequest, request], EraseResponse, [player], (turn) =>
    erasePlayer(turn, player, forgetting),
  );
}
