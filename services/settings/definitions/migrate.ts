import type { Value } from "@orrery/schema/settings/v1";
import type { Shipped } from "./define.ts";
import { readable } from "./clamp.ts";

/** What a value that was stored under an earlier version is now; undefined: it is reset. */
export function migrated({ definition, migrations }: Shipped, from: number, value: Value): Value | undefined {
  let present: Value | undefined = value;
  for (let version = from; version < definition.version && present !== undefined; version++)
    present = (migrations.get(version) ?? ((same: Value) => same))(present);
  return present && readable(definition, present)?.value;
}
