import {
  DeliveryState,
  Endpoint,
  EndpointState,
  type Endpoint as EndpointCodec,
} from "@orrery/schema/bus/v1";
import type { Kit, Part } from "@orrery/service";
import { encodeBytes, OrreryError } from "@orrery/wire";
import type { Config } from "../config.ts";
import { erasing } from "../erasing/part.ts";
import { journalErrors } from "../errors.ts";
import { journal } from "../journal/part.ts";
import type { Found } from "../journal/read.ts";
import { type AddressGuard, createAddressGuard } from "./address.ts";
import { handshake } from "./handshake.ts";
import type { Answer } from "./post.ts";
import { pauseRestored } from "./restored.ts";
import { newSecret, openSecretBox } from "./secrets.ts";
import { createSender, rowOf, type Sender } from "./sender.ts";
import type { EndpointRow, WebhookTables } from "./tables.ts";

type EndpointSpec = ReturnType<typeof EndpointCodec.decode>;

/** Endpoints outside, each with a sender of its own. */
export interface Webhooks {
  list(): Promise<readonly EndpointInfo[]>;
  /** @throws BUS_ENDPOINT_UNKNOWN */
  info(id: string): Promise<EndpointInfo>;
  /** @returns the secret of a new endpoint. @throws BUS_URL_REFUSED */
  put(spec: EndpointSpec, after: number | undefined): Promise<string>;
  /** @throws BUS_ENDPOINT_UNVERIFIED with what it answered */
  verify(id: string): Promise<void>;
  rotate(id: string): Promise<{ readonly secret: string; readonly oldUntilMs: number }>;
  pause(id: string): Promise<void>;
  /** @throws BUS_ENDPOINT_UNVERIFIED */
  resume(id: string): Promise<void>;
  remove(id: string): Promise<void>;
  test(id: string, event: Found): Promise<Answer>;
  redeliver(id: string, events: readonly Found[]): Promise<void>;
}

export interface EndpointInfo {
  readonly endpoint: EndpointSpec;
  readonly state: EndpointState;
  readonly reason: string;
  readonly cursor: number;
  readonly pending: number;
  readonly dead: number;
  readonly failingSinceMs: number;
  readonly allowedPerMin: number;
}

const DAY_MS = 86_400_000;
const OLD_SECRET_MS = DAY_MS;
const FAILING_MS = DAY_MS;
const KEPT_MS = 7 * DAY_MS;
const PURGE_MS = 3_600_000;
const DEFAULT_RATE = 10;
const DEFAULT_TIMEOUT_S = 10;

interface Live {
  row: EndpointRow;
  readonly sender: Sender;
}

export const webhooks: Part<Webhooks> = {
  name: "webhooks",
  publishes: [],
  subscribes: [],
  async start(kit: Kit) {
    const db = kit.store.as<WebhookTables>();
    const paused = await pauseRestored(kit);
    if (paused > 0) kit.log.warn({ paused }, "webhook endpoints of a restored copy are paused");
    const guard: AddressGuard = createAddressGuard((kit.config as Config).webhookPrivate === "on");
    const box = openSecretBox(kit.folder);
    const live = new Map<string, Live>();
    const stopping = new AbortController();
    const counted = kit.metrics.counter("orrery_webhook_requests_total", "Requests to endpoints, by answer", [
      "endpoint",
      "answer",
    ]);

    async function change(one: Live, values: Partial<EndpointRow>): Promise<void> {
      one.row = { ...one.row, ...values };
      await db.updateTable("endpoint").set(values).where("id", "=", one.row.id).execute();
      one.sender.wake();
    }

    async function run(row: EndpointRow): Promise<Live> {
      const begun = await db
        .selectFrom("delivery")
        .selectAll()
        .where("endpoint", "=", row.id)
        .where("state", "=", DeliveryState.PENDING)
        .execute();
      // The sender asks for its row whenever it needs it: the row changes under it.
      const holder = { row };
      const sender = createSender(
        {
          kit,
          db,
          guard,
          journal: kit.part(journal),
          personal: kit.part(erasing).personal,
          now: () => {
            const { state, allowed_per_min, secret, old_secret, old_until_ms, spec } = holder.row;
            const old = old_secret !== null && kit.clock.now() < old_until_ms ? [box.open(old_secret)] : [];
            return {
              spec: Endpoint.decode(spec),
              state,
              allowedPerMin: allowed_per_min,
              secrets: [box.open(secret), ...old],
            };
          },
          cursor: () => holder.row.cursor,
          async handedOver(cursor, rows) {
            await db.transaction().execute(async (tx) => {
              if (rows.length > 0)
                await tx
                  .insertInto("delivery")
                  .values([...rows])
                  .onConflict((conflict) => conflict.doNothing())
                  .execute();
              await tx.updateTable("endpoint").set({ cursor }).where("id", "=", row.id).execute();
            });
            holder.row = { ...holder.row, cursor };
          },
          answered: (answer) => answered(one, answer),
        },
        begun,
      );
      const one: Live = Object.assign(holder, { sender });
      live.set(row.id, one);
      return one;
    }

    async function answered(one: Live, { status }: Answer): Promise<void> {
      counted(1, { endpoint: one.row.id, answer: status === 0 ? "none" : String(status) });
      const nowMs = kit.clock.now();
      if (status >= 200 && status <= 299) {
        if (one.row.failing_since_ms !== 0) await change(one, { failing_since_ms: 0 });
      } else if (status === 410) {
        kit.log.warn({ endpoint: one.row.id }, "the endpoint answered 410 Gone and is disabled");
        await change(one, { state: EndpointState.DISABLED, reason: "it answered 410 Gone" });
      } else if (one.row.failing_since_ms === 0) {
        await change(one, { failing_since_ms: nowMs });
      } else if (nowMs - one.row.failing_since_ms >= FAILING_MS) {
        const reason = `every attempt has failed since ${new Date(one.row.failing_since_ms).toISOString()}`;
        kit.log.error({ endpoint: one.row.id }, `the endpoint is paused: ${reason}`);
        await change(one, { state: EndpointState.PAUSED, reason });
      }
    }

    function must(id: string): Live {
      const one = live.get(id);
      if (one === undefined) throw new OrreryError(journalErrors.BUS_ENDPOINT_UNKNOWN, { given: id });
      return one;
    }

    async function infoOf({ row, sender }: Live): Promise<EndpointInfo> {
      const dead = await db
        .selectFrom("delivery")
        .select(({ fn }) => fn.countAll().as("count"))
        .where("endpoint", "=", row.id)
        .where("state", "=", DeliveryState.DEAD)
        .executeTakeFirst();
      return {
        endpoint: Endpoint.decode(row.spec),
        state: row.state,
        reason: row.reason,
        cursor: row.cursor,
        pending: sender.pending(),
        dead: Number(dead?.count ?? 0),
        failingSinceMs: row.failing_since_ms,
        allowedPerMin: row.allowed_per_min,
      };
    }

    async function purge(): Promise<void> {
      while (!stopping.signal.aborted) {
        await db
          .deleteFrom("delivery")
          .where("state", "!=", DeliveryState.PENDING)
          .where("last_ms", "<", kit.clock.now() - KEPT_MS)
          .execute();
        await kit.clock.sleep(PURGE_MS, stopping.signal);
      }
    }

    for (const row of await db.selectFrom("endpoint").selectAll().execute()) await run(row);
    const purging = purge();
    kit.health.add({
      name: "webhooks",
      kind: "dependency",
      ask() {
        const off = [...live.values()].filter(
          ({ row }) => row.reason !== "" && row.state === EndpointState.PAUSED,
        );
        return off.length === 0 ? undefined : `paused by itself: ${off.map(({ row }) => row.id).join(", ")}`;
      },
    });

    return {
      handle: {
        list: () => Promise.all([...live.values()].map(infoOf)),
        info: (id) => infoOf(must(id)),
        async put(spec, after) {
          const url = guard.check(spec.url);
          const known = live.get(spec.id);
          const bytes = encodeBytes(Endpoint, spec);
          if (known !== undefined) {
            const before = Endpoint.decode(known.row.spec);
            // Another place has not agreed; another world has another journal.
            const moved = new URL(before.url).href !== url.href;
            const elsewhere = before.worldId !== spec.worldId;
            await change(known, {
              spec: bytes,
              ...(moved && { state: EndpointState.UNVERIFIED, reason: "" }),
              ...(elsewhere && { cursor: after ?? kit.part(journal).keeper.newest(spec.worldId) }),
            });
            return "";
          }
          const secret = newSecret();
          const row: EndpointRow = {
            id: spec.id,
            spec: bytes,
            state: EndpointState.UNVERIFIED,
            reason: "",
            cursor: after ?? kit.part(journal).keeper.newest(spec.worldId),
            secret: box.seal(secret),
            old_secret: null,
            old_until_ms: 0,
            failing_since_ms: 0,
            allowed_per_min: 0,
          };
          await db.insertInto("endpoint").values(row).execute();
          await run(row);
          return secret;
        },
        async verify(id) {
          const one = must(id);
          const { url, ratePerS, timeoutS } = Endpoint.decode(one.row.spec);
          const perMin = (ratePerS || DEFAULT_RATE) * 60;
          const timeoutMs = (timeoutS || DEFAULT_TIMEOUT_S) * 1_000;
          const agreed = await handshake(guard.check(url), perMin, timeoutMs, guard, kit.clock);
          if ("refused" in agreed)
            throw new OrreryError(journalErrors.BUS_ENDPOINT_UNVERIFIED, {
              given: `${id}: ${agreed.refused}`,
            });
          await change(one, {
            state: EndpointState.ACTIVE,
            reason: "",
            failing_since_ms: 0,
            allowed_per_min: agreed.allowedPerMin,
          });
        },
        async rotate(id) {
          const one = must(id);
          const secret = newSecret();
          const oldUntilMs = kit.clock.now() + OLD_SECRET_MS;
          await change(one, {
            secret: box.seal(secret),
            old_secret: one.row.secret,
            old_until_ms: oldUntilMs,
          });
          return { secret, oldUntilMs };
        },
        pause: (id) => change(must(id), { state: EndpointState.PAUSED, reason: "" }),
        async resume(id) {
          const one = must(id);
          if (one.row.state !== EndpointState.PAUSED && one.row.state !== EndpointState.ACTIVE)
            throw new OrreryError(journalErrors.BUS_ENDPOINT_UNVERIFIED, { given: id });
          await change(one, { state: EndpointState.ACTIVE, reason: "", failing_since_ms: 0 });
        },
        async remove(id) {
          const one = must(id);
          live.delete(id);
          await one.sender.stop();
          await db.deleteFrom("delivery").where("endpoint", "=", id).execute();
          await db.deleteFrom("endpoint").where("id", "=", id).execute();
        },
        test: async (id, event) => must(id).sender.sendNow([event]),
        async redeliver(id, events) {
          const one = must(id);
          const rows = events.map((event) => rowOf(id, event));
          await db.transaction().execute(async (tx) => {
            for (const row of rows)
              await tx
                .insertInto("delivery")
                .values(row)
                .onConflict((conflict) => conflict.columns(["endpoint", "ordinal"]).doUpdateSet(row))
                .execute();
          });
          one.sender.add(rows);
        },
      },
      async stop() {
        stopping.abort();
        await Promise.all([...live.values()].map(({ sender }) => sender.stop()));
        await purging;
      },
    };
  },
};
