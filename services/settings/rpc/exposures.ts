import {
  type ListExposuresRequest,
  type ListExposuresResponse,
  type Reason,
  ReportExposuresRequest,
  ReportExposuresResponse,
} from "@orrery/schema/settings/v1";
import { type Call, pageAsked, serviceErrors } from "@orrery/service";
import { type InitOf, OrreryError } from "@orrery/wire";
import { sql } from "kysely";
import type { SettingsTables } from "../tables.ts";
import { figures } from "../figures.ts";
import { PAGES } from "./pages.ts";
import { submit } from "./submit.ts";

const MOST = 1_000;
const COUNT_MOST = 1e12;

/** Adds to what was counted. */
export async function reportExposures(request: ReportExposuresRequest, call: Call) {
  const { exposures } = request;
  const sound = exposures.every(({ count }) => Number.isInteger(count) && count > 0 && count <= COUNT_MOST);
  if (exposures.length > MOST || !sound)
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
      given: `at most ${MOST} exposures, counts 1..${COUNT_MOST}`,
    });
  const reply = await submit(call, [ReportExposuresRequest, request], ReportExposuresResponse, [], (turn) => {
    for (const { flagKey: flag, variant, reason, day, count } of exposures)
      turn.write(
        turn.db
          .insertInto("exposure")
          .values({ flag, variant, reason, day, count })
          .onConflict((conflict) =>
            conflict
              .columns(["flag", "day", "variant", "reason"])
              .doUpdateSet({ count: sql<number>`exposure.count + excluded.count` }),
          ),
      );
    return {};
  });
  for (const one of exposures) call.part(figures).evaluated(one);
  return reply;
}

export async function listExposures(
  { flagKey, ...asked }: ListExposuresRequest,
  call: Call,
): Promise<InitOf<typeof ListExposuresResponse>> {
  const page = pageAsked(asked, ["exposures", flagKey], ["number", "text", "number"], PAGES);
  let query = call.kit.store
    .as<SettingsTables>()
    .selectFrom("exposure")
    .selectAll()
    .where("flag", "=", flagKey);
  if (page.place !== undefined) {
    const [day, variant, reason] = page.place;
    query = query.where(sql<boolean>`(day, variant, reason) >= (${day}, ${variant}, ${reason})`);
  }
  const rows = await query
    .orderBy("day")
    .orderBy("variant")
    .orderBy("reason")
    .limit(page.size + 1)
    .execute();
  const next = rows[page.size];
  return {
    exposures: rows.slice(0, page.size).map(({ flag, variant, reason, day, count }) => ({
      flagKey: flag,
      variant,
      reason: reason as Reason,
      day,
      count: Number(count),
    })),
    nextPageToken: page.next(next && [next.day, next.variant, next.reason]),
  };
}
