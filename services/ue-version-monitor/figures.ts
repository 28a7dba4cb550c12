import { Announcement, Channel, SourceKind, SourceStatus, UpgradeState } from "@orrery/schema/engine/v1";
import type { Part } from "@orrery/service";
import { nameOf } from "./names.ts";
import { stateName } from "./upgrades/machine.ts";
import { activeUpgrades } from "./upgrades/store.ts";
import { readSightings } from "./sightings/store.ts";
import { sourcesOf } from "./rpc/view.ts";
import { subjects } from "./subjects/part.ts";
import type { EngineTables } from "./tables.ts";

const SAMPLE_MS = 30_000;

const BAD: ReadonlySet<SourceStatus> = new Set([SourceStatus.UNAUTHORISED, SourceStatus.FAILING]);

/** Looks each 30 s at what nobody counts as it happens, and says which sources nobody can read. */
export const figures: Part<{ sample(): Promise<void> }> = {
  name: "figures",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const stopping = new AbortController();
    const age = kit.metrics.gauge("orrery_engine_source_age_seconds", "Since it was last truly read", [
      "source",
    ]);
    const left = kit.metrics.gauge("orrery_engine_rate_left", "Requests left in the rate window", ["source"]);
    const seen = kit.metrics.gauge("orrery_engine_sightings", "Versions by channel", ["subject", "channel"]);
    const open = kit.metrics.gauge("orrery_engine_announced", "Announced, and looked at by nobody", [
      "subject",
    ]);
    const upgrades = kit.metrics.gauge("orrery_engine_upgrades", "Under way, by state", ["state"]);
    const held = kit.metrics.gauge("orrery_engine_state_seconds", "Time in its state", ["upgrade"]);
    const shown = new Set<string>();
    let problems: string[] = [];

    async function sample(): Promise<void> {
      const db = kit.store.as<EngineTables>();
      const bad: string[] = [];
      for (const file of kit.part(subjects).subjects.values()) {
        for (const source of await sourcesOf(kit, file)) {
          const { sourceId, status, reason, lastOkMs, kind, rateLeft } = source;
          if (BAD.has(status)) bad.push(`${sourceId}: ${reason}`);
          if (status === SourceStatus.DISABLED || kind === SourceKind.PUSH) continue;
          if (lastOkMs > 0) age(Math.max(0, kit.hostMs() - lastOkMs) / 1_000, { source: sourceId });
          if (rateLeft !== undefined) left(rateLeft, { source: sourceId });
        }
        const all = [...(await readSightings(db, file.id)).values()];
        for (const channel of [Channel.STABLE, Channel.PREVIEW, Channel.NIGHTLY])
          seen(all.filter((one) => one.channel === channel).length, {
            subject: file.id,
            channel: nameOf(Channel, channel),
          });
        open(all.filter((one) => one.announcement === Announcement.ANNOUNCED).length, { subject: file.id });
      }
      problems = bad;
      const active = await activeUpgrades(db);
      for (const state of [
        UpgradeState.PROPOSED,
        UpgradeState.APPROVED,
        UpgradeState.BUILDING,
        UpgradeState.TESTING,
        UpgradeState.CANARY,
      ])
        upgrades(active.filter((one) => one.state === state).length, { state: stateName(state) });
      for (const gone of shown) held(0, { upgrade: gone });
      shown.clear();
      for (const { upgradeId, changedMs } of active) {
        shown.add(upgradeId);
        held(Math.max(0, kit.hostMs() - changedMs) / 1_000, { upgrade: upgradeId });
      }
    }

    const run = async () => {
      while (!stopping.signal.aborted) {
        await kit.clock.sleep(SAMPLE_MS, stopping.signal);
        if (!stopping.signal.aborted)
          await sample().catch((error: unknown) => kit.log.debug({ err: error }, "no figures"));
      }
    };
    const running = run();
    kit.health.add({
      name: "sources",
      kind: "notice",
      ask: () => (problems.length === 0 ? undefined : problems.join("; ")),
    });
    return {
      handle: { sample },
      async stop() {
        stopping.abort();
        await running;
      },
    };
  },
};
