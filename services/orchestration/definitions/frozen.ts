import { OrreryError } from "@orrery/wire";
import type { Kysely } from "kysely";
import { orchestrationErrors } from "../errors.ts";
import type { OrchestrationTables } from "../store/rows.ts";
import type { Registry } from "./registry.ts";

/**
 * Holds the definitions that have run against those that are here.
 * @returns names, `<id>/<version>`, of those that have run
 * @throws ORCH_VERSION_CHANGED where one is another now, or gone while something of it is open
 */
export async function checkFrozen(
  db: Kysely<OrchestrationTables>,
  registry: Registry,
  hashOf: (id: string, version: number) => string,
): Promise<Set<string>> {
  const rows = await db.selectFrom("definition").selectAll().execute();
  const changed = rows.filter(
    ({ id, version, hash }) => registry.has(id, version) && hashOf(id, version) !== hash,
  );
  const open = await db
    .selectFrom("execution")
    .select(({ fn }) => ["workflow", "version", fn.countAll<number>().as("n")])
    .where("open", "=", 1)
    .groupBy(["workflow", "version"])
    .execute();
  const gone = open.filter(({ workflow, version }) => !registry.has(workflow, version));
  const wrong = [
    ...changed.map(({ id, version }) => `${id} v${version} has run and was changed since`),
    ...gone.map(({ workflow, version, n }) => `${workflow} v${version} is gone, and ${n} of it are open`),
  ];
  if (wrong.length > 0)
    throw new OrreryError(orchestrationErrors.ORCH_VERSION_CHANGED, { given: wrong.join("; ") });
  return new Set(rows.map(({ id, version }) => `${id}/${version}`));
}
