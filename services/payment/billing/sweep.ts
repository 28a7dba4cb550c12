import { EntitlementState, Entitlement, EntitlementSource } from "@orrery/schema/payment/v1";
import type { Kit, Part } from "@orrery/service";
import { PLATFORM } from "@orrery/wire";
import { book } from "../book.ts";
import { GRANTED } from "../store/rows.ts";
import type { EntitlementRow, PaymentTables } from "../tables.ts";
import { till } from "../till.ts";
import { entitledByGrant } from "./entitled.ts";
import { settle } from "./entitlements.ts";
import { leaveCheckouts } from "./leave-checkouts.ts";
import { pursueDue } from "./pursue.ts";

const LOOK_EVERY_MS = 1_000;
const PAGE = 64;

/** Looks again at what may be another by now: ends of periods, of grace and of grants. */
export const sweep: Part<{ sweep(): Promise<void> }> = {
  name: "sweep",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const stopping = new AbortController();
    const once = () => sweepOnce(kit, stopping.signal);
    const run = async () => {
      while (!stopping.signal.aborted) {
        if (kit.part(book).active)
          await once().catch((error: unknown) =>
            kit.log.warn({ err: error }, "ends of entitlements were not looked at"),
          );
        await kit.clock.sleep(LOOK_EVERY_MS, stopping.signal);
      }
    };
    const running = run();
    return {
      handle: { sweep: once },
      async stop() {
        stopping.abort();
        await running;
      },
    };
  },
};

async function sweepOnce(kit: Kit, signal: AbortSignal): Promise<void> {
  const db = kit.store.as<PaymentTables>();
  const owned = kit.part(till);
  const nowMs = owned.on ? Math.max(owned.provider.nowMs(), kit.clock.now()) : kit.clock.now();
  if (owned.on) {
    await pursueDue(kit);
    await leaveCheckouts(kit, owned.provider.nowMs());
  }
  let after = "";
  for (;;) {
    const rows = await db
      .selectFrom("entitlement")
      .selectAll()
      .where("look_ms", "<=", nowMs)
      .where("id", ">", after)
      .orderBy("id")
      .limit(PAGE)
      .execute();
    for (const row of rows) {
      if (signal.aborted) return;
      await look(kit, row).catch((error: unknown) =>
        // What cannot be looked at goes on as it is known.
        kit.log.debug({ err: error, entitlement: row.id }, "not looked at yet"),
      );
    }
    if (rows.length < PAGE) break;
    after = rows.at(-1)?.id ?? "";
  }
  await db.deleteFrom("answered").where("until_ms", "<", kit.clock.now()).execute();
}

async function look(kit: Kit, row: EntitlementRow): Promise<void> {
  const before = Entitlement.decode(row.body);
  if (before.source === EntitlementSource.GRANT) return endGrant(kit, row);
  const { provider, refresher } = kit.part(till);
  const [by, ref] = [row.id.slice(0, row.id.indexOf(":")), row.id.slice(row.id.indexOf(":") + 1)];
  // Only who sold it knows how it stands: until they are here again it goes on as it is known.
  if (by !== provider.name) return;
  const subscription = { kind: "subscription", ref } as const;
  await refresher.refresh(subscription);
  const { state, graceUntilMs } = before;
  const nowMs = provider.nowMs();
  if (state !== EntitlementState.GRACE || nowMs < graceUntilMs) return;
  // Only a look ends anything: it may have been paid meanwhile.
  if (await holds(kit, row.id, nowMs)) return;
  // Grace is over: nothing is tried any more, and what was open is not owed.
  await provider.cancel(ref, true, `orrery-grace-${ref}-${Math.floor(graceUntilMs)}`);
  await refresher.refresh(subscription);
}

/** Whether somebody has it after the last look. */
async function holds(kit: Kit, id: string, nowMs: number): Promise<boolean> {
  const db = kit.store.as<PaymentTables>();
  const row = await db.selectFrom("entitlement").select("body").where("id", "=", id).executeTakeFirst();
  if (row === undefined) return false;
  const { state, graceUntilMs } = Entitlement.decode(row.body);
  if (state === EntitlementState.GRACE) return nowMs < graceUntilMs;
  return state === EntitlementState.ACTIVE;
}

function endGrant(kit: Kit, { id, player }: EntitlementRow): Promise<void> {
  return kit.part(book).submit({
    worlds: [PLATFORM],
    async run(draft) {
      const row = await draft.get(GRANTED, id);
      if (row === undefined) return;
      const { key, from_ms: fromMs, until_ms: untilMs } = row;
      await settle(draft, id, player, entitledByGrant({ key, fromMs, untilMs }, draft.nowMs));
    },
  });
}
