import { databaseBytes, type Kit, type Part } from "@orrery/service";
import type { Config } from "../config.ts";
import { journal } from "../journal/part.ts";
import type { JournalTables } from "../journal/tables.ts";
import { type Hold, holdOf } from "./hold.ts";
import { createPace, diskFree } from "./pace.ts";
import { type Rules, rulesFrom } from "./rules.ts";
import { type Swept, sweep } from "./sweep.ts";

/** Keeps the journal within its retention and its budget. */
export interface Keeping {
  prune(dryRun: boolean): Promise<Swept>;
  usage(): Promise<Usage>;
  readonly rules: Rules;
  /** What of a world is kept whatever the rules say. */
  hold(world: string): Promise<Hold>;
}

export interface Usage {
  readonly usedBytes: number;
  readonly budgetBytes: number;
  /** Undefined: the files are on no disk. */
  readonly diskFreeBytes: number | undefined;
  /** At the pace of the last hour, until budget or disk are full; undefined: it does not grow, or the pace is not known yet. */
  readonly daysLeft: number | undefined;
  /** Of how much of the last hour the pace is; 0: it is not known yet. */
  readonly paceSeconds: number;
}

const GIB = 1024 ** 3;
const LOOK_MS = 60_000;
const SWEEP_MS = 600_000;
/** Shares of the budget: said in health; prunable events go early, and if that does not help intake waits. */
const WARN = 0.8;
const FULL = 0.95;

export const keeping: Part<Keeping> = {
  name: "retention",
  publishes: [],
  subscribes: [],
  async start(kit: Kit) {
    const own = kit.part(journal);
    const db = kit.store.as<JournalTables>();
    const budgetBytes = (kit.config as Config).journalBudgetGib * GIB;
    const stopping = new AbortController();
    const used = kit.metrics.gauge("orrery_journal_bytes", "Files and index of the journal", []);
    const days = kit.metrics.gauge(
      "orrery_journal_days_left",
      "Until the budget or the disk is used up, at the present pace",
      [],
    );
    const pruned = kit.metrics.counter(
      "orrery_journal_pruned_events_total",
      "Events that outlived their retention",
      [],
    );
    const rules = rulesFrom((kit.config as Config).retention);
    const settled = new Map<number, number>();
    const paceAt = createPace();
    let share = 0;
    let sweeping: Promise<Swept> | undefined;

    async function usage(): Promise<Usage> {
      const usedBytes = own.segments.bytes + (await databaseBytes(kit.store.db, kit.store.dialect));
      const diskFreeBytes = await diskFree(kit.folder);
      const { spanMs, bytesADay } = paceAt(kit.clock.now(), usedBytes);
      const room = Math.max(0, Math.min(budgetBytes - usedBytes, diskFreeBytes ?? Number.POSITIVE_INFINITY));
      const daysLeft = bytesADay > 0 ? room / bytesADay : undefined;
      return { usedBytes, budgetBytes, diskFreeBytes, daysLeft, paceSeconds: spanMs / 1000 };
    }

    /** One at a time: a call while one runs waits for it and begins another. */
    async function run(early: boolean, dryRun: boolean): Promise<Swept> {
      while (sweeping !== undefined) await sweeping.catch(() => undefined);
      sweeping = sweep(kit, db, own, { rules, settled, early, dryRun, signal: stopping.signal });
      try {
        const swept = await sweeping;
        if (!dryRun) pruned(swept.events);
        return swept;
      } finally {
        sweeping = undefined;
      }
    }

    async function look(): Promise<void> {
      const now = await usage();
      share = now.usedBytes / budgetBytes;
      if (share >= FULL) {
        await run(true, false);
        share = (await usage()).usedBytes / budgetBytes;
      }
      used(now.usedBytes);
      days(now.daysLeft ?? Number.POSITIVE_INFINITY);
      own.keeper.hold(
        share >= FULL
          ? `the journal uses ${percent(share)} of its budget, and nothing more may go; raise EVENT_BUS_JOURNAL_BUDGET_GIB`
          : undefined,
      );
    }

    async function watch(): Promise<void> {
      let sweptMs = kit.clock.now();
      while (!stopping.signal.aborted) {
        try {
          await look();
          if (kit.clock.now() - sweptMs >= SWEEP_MS) {
            sweptMs = kit.clock.now();
            await run(false, false);
          }
        } catch (error) {
          kit.log.error({ err: error }, "the journal's retention could not be applied");
        }
        await kit.clock.sleep(LOOK_MS, stopping.signal);
      }
    }
    const watching = watch();
    kit.health.add({
      name: "budget",
      kind: "dependency",
      ask: () => (share >= WARN ? `the journal uses ${percent(share)} of its budget` : undefined),
    });
    return {
      handle: {
        prune: (dryRun) => run(false, dryRun),
        usage,
        rules,
        hold: (world) => holdOf(own, world, { rules, nowMs: kit.clock.now(), early: false }),
      },
      async stop() {
        stopping.abort();
        await watching;
        await sweeping?.catch(() => undefined);
      },
    };
  },
};

const percent = (share: number) => `${Math.round(share * 100)} %`;
