import { toJsonString } from "@bufbuild/protobuf";
import { Announcement, CheckNowResponse, Sighting, SightingSchema } from "@orrery/schema/engine/v1";
import { type Kit, type KitTables, type Part, serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import type { Kysely } from "kysely";
import type { Config } from "../config.ts";
import { signed } from "../hooks/signature.ts";
import { forgetAnswers } from "../keep/answers.ts";
import { keeper } from "../keep/keeper.ts";
import { putSightings } from "../sightings/store.ts";
import type { EngineTables } from "../tables.ts";
import { announce } from "./announce.ts";

export interface Notices {
  /** Does what is due now: those that were put off, and those on their way. */
  look(): Promise<void>;
}

const LOOK_MS = 1_000;
/** Answers that nobody may ask for are forgotten once in so many looks. */
const FORGET_EVERY = 600;
const TRIES_MOST = 5;
const TIMEOUT_MS = 5_000;
const AGAIN_MS = 10_000;

/** Tells again of what was put off, and posts notices to whoever wants them: five times, each within 5 s. */
export const notices: Part<Notices> = {
  name: "notices",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const { noticesUrl, jobsSecret } = kit.config as Config;
    if (noticesUrl !== "" && jobsSecret === "")
      throw new OrreryError(serviceErrors.SERVICE_CONFIG_INVALID, {
        given:
          "UE_VERSION_MONITOR_NOTICES_URL without UE_VERSION_MONITOR_JOBS_SECRET: nobody could tell a notice from what others post",
      });
    const stopping = new AbortController();
    let looks = 0;
    async function look(): Promise<void> {
      if (kit.part(keeper).term === 0) return;
      await wakeSnoozed(kit);
      await post(kit, stopping.signal);
      if (looks++ % FORGET_EVERY === 0) await forgetAnswers(kit.store.as<KitTables>(), kit.hostMs());
    }
    const run = async () => {
      while (!stopping.signal.aborted) {
        await kit.clock.sleep(LOOK_MS, stopping.signal);
        if (!stopping.signal.aborted)
          await look().catch((err: unknown) => kit.log.warn({ err }, "notices were not looked at"));
      }
    };
    const running = run();
    return {
      handle: { look },
      async stop() {
        stopping.abort();
        await running;
      },
    };
  },
};

/** Those whose time has come are announced once more. */
async function wakeSnoozed(kit: Kit): Promise<void> {
  const rows = await asleep(kit.store.as<EngineTables>(), kit.hostMs()).execute();
  if (rows.length === 0) return;
  await kit.part(keeper).submit({
    reply: CheckNowResponse,
    async run(turn) {
      // As they are by now: what was read before may have been told of meanwhile.
      const now = await asleep(turn.db, kit.hostMs()).execute();
      const after = now
        .map(({ body }) => Sighting.decode(body))
        .map((one) => ({ ...one, announcement: Announcement.ANNOUNCED, snoozedUntilMs: 0 }));
      await putSightings(turn.db, after);
      await announce(
        kit,
        turn,
        after.filter(({ withdrawn }) => !withdrawn),
      );
      return {};
    },
  });
}

const asleep = (db: Kysely<EngineTables>, nowMs: number) =>
  db.selectFrom("sighting").select("body").where("snoozed_ms", ">", 0).where("snoozed_ms", "<=", nowMs);

async function post(kit: Kit, stopping: AbortSignal): Promise<void> {
  const { noticesUrl, jobsSecret } = kit.config as Config;
  const db = kit.store.as<EngineTables>();
  const rows = await db
    .selectFrom("notice")
    .selectAll()
    .where("next_ms", "<=", kit.hostMs())
    .orderBy("next_ms")
    .limit(20)
    .execute();
  for (const { id, body, tries } of rows) {
    const text = toJsonString(SightingSchema, Sighting.decode(body));
    const isTaken = noticesUrl !== "" && (await send(kit, noticesUrl, jobsSecret, text, stopping));
    if (stopping.aborted) return;
    if (isTaken || tries + 1 >= TRIES_MOST) {
      if (!isTaken) kit.log.warn({ notice: id }, "a notice was not taken, and is given up");
      await db.deleteFrom("notice").where("id", "=", id).execute();
    } else
      await db
        .updateTable("notice")
        .set({ tries: tries + 1, next_ms: kit.hostMs() + AGAIN_MS * 2 ** tries })
        .where("id", "=", id)
        .execute();
  }
}

async function send(
  kit: Kit,
  url: string,
  secret: string,
  body: string,
  stopping: AbortSignal,
): Promise<boolean> {
  const late = new AbortController();
  const ended = new AbortController();
  void kit.clock.sleep(TIMEOUT_MS, ended.signal).then(() => late.abort());
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "orrery-signature": signed(secret, Math.floor(kit.hostMs() / 1_000), body),
      },
      body,
      redirect: "error",
      signal: AbortSignal.any([stopping, late.signal]),
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  } finally {
    ended.abort();
  }
}
