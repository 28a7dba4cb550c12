import { type Scope, SetResponse, StoredValue } from "@orrery/schema/settings/v1";
import type { Kit } from "@orrery/service";
import { migrated } from "../definitions/migrate.ts";
import type { Registry } from "../definitions/registry.ts";
import type { SettingsTables } from "../tables.ts";
import type { Author } from "../values/author.ts";
import { stampAfter } from "../values/hlc.ts";
import { hasValue, storedAt, writeValue } from "../values/write-value.ts";
import { keeper } from "../write/keeper.ts";

const PAGE = 200;
const BY: Author = {
  actor: "settings",
  role: "service",
  reason: "migration",
  originDevice: "",
  rollbackOf: 0,
};

/** Brings what was stored under earlier versions of definitions to the present one, each value as a change of its own. */
export async function repairValues(kit: Kit, registry: Registry): Promise<void> {
  const db = kit.store.as<SettingsTables>();
  for (const definition of registry.all) {
    const { key, version } = definition;
    const shipped = registry.shipped(key);
    if (version < 2 || shipped === undefined) continue;
    for (;;) {
      const rows = await db
        .selectFrom("value")
        .selectAll()
        .where("key", "=", key)
        .where("version", "<", version)
        .limit(PAGE)
        .execute();
      await Promise.all(
        rows.map(({ owner, scope: scopeOf, scope_id: scopeId, version: from, body }) =>
          kit.part(keeper).submit({
            players: owner === "" ? [] : [owner],
            reply: SetResponse,
            run(turn) {
              const target = { owner, scope: scopeOf as Scope, scopeId, key, definition };
              const stored = storedAt(turn, target) ?? StoredValue.decode(body);
              const value = hasValue(stored.value) ? migrated(shipped, from, stored.value) : undefined;
              const stamp = stampAfter(stored.hlc, turn.nowMs);
              return writeValue(turn, target, { value, locked: stored.locked, stamp }, BY);
            },
          }),
        ),
      );
      if (rows.length < PAGE) break;
    }
  }
}
