import { FrameBudgetExceeded, ModeChanged } from "@orrery/schema/performance/v1";
import { type Kit, type Part, serviceErrors } from "@orrery/service";
import { leading } from "@orrery/simulation";
import { type Codec, type InitOf, OrreryError } from "@orrery/wire";
import { LRUCache } from "lru-cache";
import type { Config } from "../config.ts";
import { shipped } from "../data/part.ts";
import { createIntern } from "../resolve/intern.ts";
import { OpenSessions } from "../session/open.ts";
import { newPulse } from "../session/pulse.ts";
import { keptIn } from "../session/session.ts";
import type { PerformanceTables } from "../tables.ts";
import type { Committed } from "./commit.ts";
import { type Ground, readGround } from "./ground.ts";
import { type PlayerRows, readPlayer } from "./player.ts";
import type { Job } from "./turn.ts";
import { readWants } from "./wants.ts";
import { createWriter, type Writer } from "./writer.ts";

/** All that performance-mode keeps, in the hands of one process at a time. */
export interface Keeper {
  /** @throws what the job throws, PERF_STORE_AWAY, SERVICE_NOT_READY where another process is the writer */
  submit<C extends Codec>(job: Job<C>): Promise<InitOf<C>>;
  /** @throws SERVICE_NOT_READY where another process is the writer */
  readonly ground: Ground;
  /** @throws SERVICE_NOT_READY where another process is the writer */
  readonly open: OpenSessions;
  readonly active: boolean;
  /** From memory where they are held; the database is asked once. */
  player(id: string): Promise<PlayerRows>;
  /** Told after each commit. @returns how to end that */
  onCommit(listener: (outcome: Committed) => void): () => void;
}

/** After a start nothing is changed for so long: what windows there were is lost. */
const QUIET_MS = 60_000;

export const keeper: Part<Keeper> = {
  name: "keeper",
  publishes: [ModeChanged, FrameBudgetExceeded],
  subscribes: [],
  async start(kit: Kit) {
    const { queueLimit, cachedPlayers } = kit.config as Config;
    const db = kit.store.as<PerformanceTables>();
    const own = kit.part(shipped);
    const players = new LRUCache<string, PlayerRows>({ max: cachedPlayers });
    const listeners = new Set<(outcome: Committed) => void>();
    const intern = createIntern();
    let open = new OpenSessions();
    /** Grows with each commit and each doubt: what was read before is not put into memory after. */
    let turn = 0;
    let writer: Writer | undefined;

    function held(): Writer {
      if (writer === undefined)
        throw new OrreryError(serviceErrors.SERVICE_NOT_READY, {
          given: "another process keeps the sessions",
        });
      return writer;
    }

    /** Sessions as they are kept; what clients reported goes on where it is held. */
    async function readSessions(into: OpenSessions): Promise<void> {
      const rows = await db.selectFrom("session").selectAll().execute();
      const wants = await readWants(db);
      const there = new Set(rows.map(({ id }) => id));
      for (const { id } of [...into.all()]) if (!there.has(id)) into.set(id, undefined);
      for (const { id, player, device, world, opened_ms, body } of rows) {
        const kept = keptIn(body, intern);
        const own = wants(player, device, world);
        if (own === undefined) continue;
        const pulse = into.get(id)?.pulse ?? newPulse(kept.strain, kit.clock.now() + QUIET_MS);
        into.set(id, { id, player, device, world, openedMs: Number(opened_ms), wants: own, kept, pulse });
      }
    }

    const lead = await leading(kit, "keeper", async (lease) => {
      const ground = await readGround(db, own);
      const into = (open = new OpenSessions());
      await readSessions(into);
      await kit.outbox.resume();
      const made = (writer = createWriter({
        kit,
        lease,
        ground,
        shipped: own,
        open: into,
        intern,
        queueLimit,
        cached: (player) => players.get(player),
        committed(outcome) {
          turn += 1;
          for (const [id, rows] of outcome.players) players.set(id, rows);
          for (const [id, session] of outcome.sessions) into.set(id, session);
          for (const listener of listeners) listener(outcome);
        },
        async unsure() {
          turn += 1;
          players.clear();
          await readSessions(into);
        },
      }));
      return async () => {
        writer = undefined;
        turn += 1;
        players.clear();
        await made.close();
        open = new OpenSessions();
      };
    });
    kit.health.add({ name: "database", kind: "dependency", ask: () => writer?.problem() });
    return {
      handle: {
        submit: async (job) => held().submit(job),
        get ground() {
          return held().ground;
        },
        get open() {
          held();
          return open;
        },
        get active() {
          return writer !== undefined;
        },
        async player(id) {
          held();
          const known = players.get(id);
          if (known !== undefined) return known;
          const asOf = turn;
          const rows = await readPlayer(db, id);
          if (asOf === turn) players.set(id, rows);
          return rows;
        },
        onCommit(listener) {
          listeners.add(listener);
          return () => void listeners.delete(listener);
        },
      },
      stop: () => lead.stop(),
    };
  },
};
