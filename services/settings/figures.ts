import {
  Category,
  ContentPolicyIssued,
  type Exposure,
  PolicyReason,
  Reason,
  SettingChanged,
  Tier,
  TierRecord,
} from "@orrery/schema/settings/v1";
import type { Part } from "@orrery/service";
import type { SettingsTables } from "./tables.ts";
import { keeper } from "./write/keeper.ts";

/** What is counted beside the work. */
export interface Figures {
  evaluated(exposure: Exposure): void;
  violated(category: Category): void;
}

const SAMPLE_MS = 30_000;
const nameOf = (names: Readonly<Record<string, unknown>>, of: number) =>
  (Object.entries(names).find(([, value]) => value === of)?.[0] ?? "unknown").toLowerCase();

export const figures: Part<Figures> = {
  name: "figures",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const evaluations = kit.metrics.counter(
      "orrery_settings_evaluations_total",
      "Evaluations of flags, as reported",
      ["flag", "variant", "reason"],
    );
    const violations = kit.metrics.counter(
      "orrery_settings_violations_total",
      "Policies that generators broke",
      ["category"],
    );
    const policies = kit.metrics.counter("orrery_settings_policies_total", "Content policies issued", [
      "reason",
    ]);
    const writes = kit.metrics.counter("orrery_settings_changes_total", "Values changed");
    const sessions = kit.metrics.gauge("orrery_settings_open_sessions", "Open sessions");
    const players = kit.metrics.gauge("orrery_settings_players", "Players of whom a tier is known", ["tier"]);
    const stopping = new AbortController();
    const stopListening = kit.part(keeper).onCommit(({ emitted }) => {
      for (const { codec, init } of emitted) {
        if (codec === SettingChanged) writes();
        else if (codec === ContentPolicyIssued)
          policies(1, { reason: nameOf(PolicyReason, (init as { reason: number }).reason) });
      }
    });

    async function sample(): Promise<void> {
      const db = kit.store.as<SettingsTables>();
      const open = await db
        .selectFrom("session")
        .select(({ fn }) => fn.countAll().as("count"))
        .executeTakeFirst();
      sessions(Number(open?.count ?? 0));
      const counts = new Map<Tier, number>([Tier.FREE, Tier.PREMIUM, Tier.PATRON].map((tier) => [tier, 0]));
      for (const { body } of await db.selectFrom("player_tier").select("body").limit(100_000).execute()) {
        const tier = TierRecord.decode(body).tier?.tier ?? Tier.FREE;
        counts.set(tier, (counts.get(tier) ?? 0) + 1);
      }
      for (const [tier, count] of counts) players(count, { tier: nameOf(Tier, tier) });
    }

    const run = async () => {
      while (!stopping.signal.aborted) {
        await kit.clock.sleep(SAMPLE_MS, stopping.signal);
        if (stopping.signal.aborted || !kit.part(keeper).active) continue;
        await sample().catch((error: unknown) => kit.log.debug({ err: error }, "no figures"));
      }
    };
    const running = run();
    return {
      handle: {
        evaluated: ({ flagKey, variant, reason, count }) =>
          evaluations(count, { flag: flagKey, variant, reason: nameOf(Reason, reason) }),
        violated: (category) => violations(1, { category: nameOf(Category, category) }),
      },
      async stop() {
        stopping.abort();
        stopListening();
        await running;
      },
    };
  },
};
