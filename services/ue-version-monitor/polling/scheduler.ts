import { CheckResult, type Source } from "@orrery/schema/engine/v1";
import type { Part } from "@orrery/service";
import type { Config } from "../config.ts";
import { keeper } from "../keep/keeper.ts";
import { nameOf } from "../names.ts";
import { subjects } from "../subjects/part.ts";
import type { WatchedSource } from "../subjects/read.ts";
import type { EngineTables } from "../tables.ts";
import { type Checked, poll } from "./poll.ts";
import { shareOf } from "./status.ts";
import { described, isRead, readSource, readSources } from "./store.ts";

export interface Scheduler {
  /** Reads now, whatever was planned; undefined: it is not read from here, or its host wants no request. */
  now(sourceId: string): Promise<Checked | undefined>;
  /** Starts what is due. @returns when nothing is being read any more */
  look(): Promise<void>;
  /** Ms since the last time that a source was begun, by this process; undefined: not yet. */
  sinceTry(sourceId: string): number | undefined;
  /** Until when its host wants no request, host's clock, Unix ms; undefined: it may be asked. */
  limitedUntil(sourceId: string): number | undefined;
}

const LOOK_MS = 1_000;
/** Whatever waited while nobody read is spread over this: a start is no burst. */
const SPREAD_MS = 60_000;
/** What cannot be written down is read again after a minute, then twice as long each time, at most 6 h. */
const LOST_MOST_MS = 6 * 3_600_000;
const AT_ONCE_MOST = 8;
/** Longer without a look, it stands still. */
const LATE_MS = 60_000;

interface Planned {
  readonly source: WatchedSource;
  /** On the clock that runs evenly: another time of day changes nothing. */
  dueMs: number;
  triedMs: number | undefined;
  /** Nobody sorted what is kept of it since this process took over. */
  anew: boolean;
  reading: Promise<Checked> | undefined;
  /** Readings in a row that were lost. */
  lost: number;
}

/** When each source is read: at its time, one request at a time a host, none before a host wants one. */
export const scheduler: Part<Scheduler> = {
  name: "scheduler",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const { live } = kit.config as Config;
    const counted = kit.metrics.counter("orrery_engine_polls_total", "Readings by what came of them", [
      "source",
      "result",
    ]);
    const stopping = new AbortController();
    const planned = new Map<string, Planned>();
    /** By host, on the even clock. */
    const limits = new Map<string, number>();
    /** Hosts that are being asked. */
    const busy = new Set<string>();
    let term = 0;
    let loading: Promise<void> | undefined;
    let lookedMs = kit.clock.now();

    const even = (hostMs: number) => kit.clock.now() + (hostMs - kit.hostMs());

    async function load(): Promise<void> {
      const rows = await readSources(kit.store.as<EngineTables>());
      for (const source of kit.part(subjects).sources.values()) {
        if (!isRead(source, live)) continue;
        const row = described(source, rows.get(source.id), live);
        const one = planned.get(source.id);
        const dueMs = firstDue(source, row);
        if (one === undefined)
          planned.set(source.id, {
            source,
            dueMs,
            triedMs: undefined,
            anew: true,
            reading: undefined,
            lost: 0,
          });
        else Object.assign(one, { dueMs, anew: true });
        if (row.limitedUntilMs > kit.hostMs()) limit(source, even(row.limitedUntilMs));
      }
    }

    /** What another process wrote meanwhile is read once, when this one takes over. */
    function loaded(): Promise<void> {
      const now = kit.part(keeper).term;
      if (now !== term || loading === undefined) {
        term = now;
        loading = load().catch((error: unknown) => {
          loading = undefined;
          throw error;
        });
      }
      return loading;
    }

    /** What is overdue is spread; what lies further ahead than it may is not believed: the clock was another then. */
    function firstDue(source: WatchedSource, row: Source): number {
      const nowMs = kit.clock.now();
      const spread = source.kind === "file" ? 0 : SPREAD_MS * shareOf(source.id);
      const inMs = row.nextDueMs - kit.hostMs();
      if (row.nextDueMs === 0 || inMs <= 0) return nowMs + spread;
      const mostMs = Math.max(row.nextDueMs - row.lastTryMs, 1.1 * source.interval_s * 1_000);
      return nowMs + (inMs > mostMs ? spread : inMs);
    }

    function limit(source: WatchedSource, untilMs: number): void {
      const host = hostOf(source);
      limits.set(host, Math.max(limits.get(host) ?? 0, untilMs));
    }

    const isFree = ({ source }: Planned): boolean => {
      const host = hostOf(source);
      return !busy.has(host) && (limits.get(host) ?? 0) <= kit.clock.now();
    };

    function begin(one: Planned): Promise<Checked> {
      const host = hostOf(one.source);
      busy.add(host);
      one.triedMs = kit.clock.now();
      const { anew } = one;
      one.anew = false;
      const terms = {
        anew,
        signal: stopping.signal,
        limited: (untilMs: number) => limit(one.source, even(untilMs)),
      };
      one.reading = poll(kit, one.source, terms)
        .then((checked) => {
          counted(1, { source: one.source.id, result: nameOf(CheckResult, checked.result) });
          one.lost = 0;
          return checked;
        })
        .catch((error: unknown) => {
          // It was read and could not be written down: the next time says it again.
          one.anew = true;
          one.lost += 1;
          throw error;
        })
        .finally(async () => {
          busy.delete(host);
          one.reading = undefined;
          const lostMs = Math.min(SPREAD_MS * 2 ** (one.lost - 1), LOST_MOST_MS);
          if (one.lost > 0) one.dueMs = kit.clock.now() + lostMs;
          else await plan(one).catch(() => (one.dueMs = kit.clock.now() + SPREAD_MS));
        });
      return one.reading;
    }

    async function plan(one: Planned): Promise<void> {
      const row = await readSource(kit.store.as<EngineTables>(), one.source.id);
      one.dueMs = row === undefined ? kit.clock.now() + SPREAD_MS : even(row.nextDueMs);
    }

    async function look(): Promise<void> {
      if (kit.part(keeper).term === 0) return;
      await loaded();
      const nowMs = (lookedMs = kit.clock.now());
      const due = [...planned.values()]
        .filter(({ dueMs, reading }) => dueMs <= nowMs && reading === undefined)
        .sort((a, b) => a.dueMs - b.dueMs);
      for (const one of due)
        if (busy.size < AT_ONCE_MOST && isFree(one))
          begin(one).catch((err: unknown) => {
            if (!stopping.signal.aborted) kit.log.warn({ err, source: one.source.id }, "a reading was lost");
          });
      await Promise.allSettled([...planned.values()].flatMap(({ reading }) => reading ?? []));
    }

    const run = async () => {
      while (!stopping.signal.aborted) {
        void look().catch((err: unknown) => kit.log.warn({ err }, "sources were not looked at"));
        await kit.clock.sleep(LOOK_MS, stopping.signal);
      }
    };
    const running = run();
    kit.health.add({
      name: "schedule",
      kind: "progress",
      // A host that is slow is no reason to start anew; that nobody looks any more is one.
      ask: () =>
        kit.part(keeper).term === 0 || kit.clock.now() - lookedMs <= LATE_MS
          ? undefined
          : "nobody has looked for sources that are due since over a minute",
    });
    return {
      handle: {
        look,
        async now(sourceId) {
          await loaded();
          const one = planned.get(sourceId);
          return one === undefined ? undefined : (one.reading ?? afterHost(one));
        },
        sinceTry(sourceId) {
          const tried = planned.get(sourceId)?.triedMs;
          return tried === undefined ? undefined : kit.clock.now() - tried;
        },
        limitedUntil(sourceId) {
          const one = planned.get(sourceId);
          const until = one && limits.get(hostOf(one.source));
          return until === undefined || until <= kit.clock.now()
            ? undefined
            : kit.hostMs() + (until - kit.clock.now());
        },
      },
      async stop() {
        stopping.abort();
        await running;
        await Promise.allSettled([...planned.values()].flatMap(({ reading }) => reading ?? []));
      },
    };

    /** Where another one of its host is being read, its own turn follows. */
    async function afterHost(one: Planned): Promise<Checked | undefined> {
      const host = hostOf(one.source);
      while (busy.has(host)) {
        const other = [...planned.values()].find(
          ({ source, reading }) => reading !== undefined && hostOf(source) === host,
        );
        await other?.reading?.catch(() => undefined);
      }
      if (one.reading !== undefined) return one.reading;
      return isFree(one) ? begin(one) : undefined;
    }
  },
};

/** Files of a folder are no host: each stands for itself. */
const hostOf = ({ kind, url, id }: WatchedSource): string =>
  kind === "file" || kind === "push" ? `file:${id}` : new URL(url).host;
