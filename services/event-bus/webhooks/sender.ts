import { type Endpoint, DeliveryState, EndpointState, WebhookFormat } from "@orrery/schema/bus/v1";
import type { Kit, Personal } from "@orrery/service";
import type { Kysely } from "kysely";
import { show } from "../erasing/show.ts";
import type { Journal } from "../journal/part.ts";
import type { Found } from "../journal/read.ts";
import type { AddressGuard } from "./address.ts";
import { bodyOf, cloudEvent, eventName } from "./cloud-event.ts";
import { type Answer, post } from "./post.ts";
import { pauseAfter, retryAfter } from "./retry.ts";
import { signed } from "./sign.ts";
import type { DeliveryRow, WebhookTables } from "./tables.ts";

/** What the sender of one endpoint is told about it; read anew for each request. */
export interface EndpointNow {
  readonly spec: Endpoint;
  readonly state: EndpointState;
  readonly allowedPerMin: number;
  /** Newest first; those that still sign. */
  readonly secrets: readonly string[];
}

export interface SenderTerms {
  readonly kit: Kit;
  readonly db: Kysely<WebhookTables>;
  readonly journal: Journal;
  readonly personal: Personal;
  readonly guard: AddressGuard;
  now(): EndpointNow;
  cursor(): number;
  /** Writes the cursor with the deliveries that it stands for. */
  handedOver(cursor: number, rows: readonly DeliveryRow[]): Promise<void>;
  /** The endpoint answered, or did not: how it is from now on. */
  answered(answer: Answer): Promise<void>;
}

/**
 * Sends an endpoint its events. A delivery is PENDING from the moment the cursor passes its event, until a 2xx
 * answer makes it DELIVERED or the last attempt DEAD. Paused, unverified or disabled, nothing is sent and the
 * cursor stands: the backlog is that one number.
 */
export interface Sender {
  wake(): void;
  pending(): number;
  /** Takes in deliveries that were made elsewhere (Redeliver). */
  add(rows: readonly DeliveryRow[]): void;
  /** One request outside the order of things. */
  sendNow(events: readonly Found[]): Promise<Answer>;
  stop(): Promise<void>;
}

/** Deliveries read ahead of what is sent. */
const MOST_PENDING = 1_000;
const PAGE = 200;
const AT_ONCE = 8;
const BATCH = 100;
const DEFAULTS = { ratePerS: 10, timeoutS: 10 } as const;
const IDLE_MS = 60_000;

export function createSender(terms: SenderTerms, begun: readonly DeliveryRow[]): Sender {
  const { kit, db, journal, guard } = terms;
  let pending: DeliveryRow[] = [...begun].sort((a, b) => a.ordinal - b.ordinal);
  const inFlight = new Set<DeliveryRow>();
  const stopping = new AbortController();
  let woken = Promise.withResolvers<void>();
  let slotMs = 0;

  const timeoutMs = () => (terms.now().spec.timeoutS || DEFAULTS.timeoutS) * 1_000;
  const limitOf = ({ spec, allowedPerMin }: EndpointNow) =>
    Math.min(
      spec.ratePerS || DEFAULTS.ratePerS,
      allowedPerMin === 0 ? Number.POSITIVE_INFINITY : allowedPerMin / 60,
    );

  async function refill(): Promise<void> {
    const { spec } = terms.now();
    const newest = journal.keeper.newest(spec.worldId);
    while (pending.length < MOST_PENDING && terms.cursor() < newest) {
      const page = await journal.reader.page({
        world: spec.worldId,
        filter: spec.filter,
        after: terms.cursor(),
        newest,
        newestFirst: false,
        limit: PAGE,
      });
      const rows = page.events.map((event) => rowOf(spec.id, event));
      await terms.handedOver(page.at ?? newest, rows);
      pending.push(...rows);
    }
  }

  /** What may be sent now, and when the next of the others may. */
  function due(nowMs: number): { readonly rows: DeliveryRow[]; readonly nextMs: number } {
    const { spec } = terms.now();
    const busyKeys = new Set<string>();
    const rows: DeliveryRow[] = [];
    let nextMs = nowMs + IDLE_MS;
    for (const row of pending) {
      // A key waits for its earliest event, be it in flight or between two attempts.
      if (spec.ordered && busyKeys.has(row.key)) continue;
      if (spec.ordered && (row.next_ms > nowMs || inFlight.has(row))) busyKeys.add(row.key);
      if (inFlight.has(row)) continue;
      if (row.next_ms > nowMs) nextMs = Math.min(nextMs, row.next_ms);
      else {
        rows.push(row);
        if (spec.ordered && spec.format !== WebhookFormat.BATCH) busyKeys.add(row.key);
      }
      if (rows.length === BATCH) break;
    }
    return { rows, nextMs };
  }

  function start(rows: readonly DeliveryRow[]): void {
    for (const row of rows) inFlight.add(row);
    void deliver(rows)
      .catch((error: unknown) => kit.log.error({ err: error }, "a webhook's delivery could not be noted"))
      .finally(() => {
        for (const row of rows) inFlight.delete(row);
        woken.resolve();
      });
  }

  async function deliver(rows: readonly DeliveryRow[]): Promise<void> {
    const { spec } = terms.now();
    const found: { row: DeliveryRow; event: Found }[] = [];
    for (const row of rows) {
      const event = await journal.reader.ordinal(spec.worldId, row.ordinal);
      if (event !== undefined) found.push({ row, event });
      else await settle(row, { ...row, state: DeliveryState.DEAD, error: "the journal has it no longer" });
    }
    if (found.length === 0) return;
    const answer = await sendNow(found.map(({ event }) => event));
    const nowMs = kit.clock.now();
    const well = answer.status >= 200 && answer.status <= 299;
    for (const { row } of found) {
      const attempts = row.attempts + 1;
      const told = {
        attempts,
        status: answer.status,
        latency_ms: answer.latencyMs,
        error: well ? "" : answer.error || `answered ${answer.status}`,
        last_ms: nowMs,
      };
      const asked = retryAfter(answer.status, answer.headers["retry-after"], nowMs);
      const pause = well ? undefined : pauseAfter(attempts, asked);
      const state = well ? DeliveryState.DELIVERED : pause === undefined ? DeliveryState.DEAD : row.state;
      await settle(row, { ...row, ...told, state, next_ms: pause === undefined ? 0 : nowMs + pause });
    }
    await terms.answered(answer);
  }

  async function settle(row: DeliveryRow, now: DeliveryRow): Promise<void> {
    Object.assign(row, now);
    const { endpoint, ordinal, publisher: _p, sequence: _s, key: _k, ...changed } = now;
    await db
      .updateTable("delivery")
      .set(changed)
      .where("endpoint", "=", endpoint)
      .where("ordinal", "=", ordinal)
      .execute();
    if (now.state !== DeliveryState.PENDING) pending = pending.filter((one) => one !== row);
  }

  async function sendNow(events: readonly Found[]): Promise<Answer> {
    const now = terms.now();
    const [first] = events;
    if (first === undefined) throw new RangeError("nothing to send");
    const shown = await show(terms.personal, events, now.spec.personal ? "open" : "withheld");
    const { headers, body } = bodyOf(now.spec.format, shown.map(cloudEvent));
    const atMs = kit.clock.now();
    const auth = signed(eventName(first), atMs, body, now.secrets);
    return post(
      {
        method: "POST",
        url: new URL(now.spec.url),
        headers: { ...headers, ...auth },
        body,
        timeoutMs: timeoutMs(),
      },
      guard,
      kit.clock,
    );
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      woken = Promise.withResolvers();
      const now = terms.now();
      let waitMs = IDLE_MS;
      if (now.state === EndpointState.ACTIVE) {
        await refill().catch((error: unknown) =>
          kit.log.error({ err: error }, "a webhook's backlog cannot be read"),
        );
        const nowMs = kit.clock.now();
        const { rows, nextMs } = due(nowMs);
        waitMs = nextMs - nowMs;
        const perRequest = now.spec.format === WebhookFormat.BATCH ? BATCH : 1;
        // A batch is in order as a whole: one at a time, if order is asked for.
        const atOnce = perRequest > 1 && now.spec.ordered ? 1 : AT_ONCE;
        for (let at = 0; at < rows.length; at += perRequest) {
          const open = perRequest > 1 ? Math.ceil(inFlight.size / BATCH) : inFlight.size;
          if (open >= atOnce) break;
          const aheadMs = slotMs - kit.clock.now();
          if (aheadMs > 0) {
            waitMs = Math.min(waitMs, aheadMs);
            break;
          }
          slotMs = Math.max(slotMs, kit.clock.now()) + 1_000 / limitOf(now);
          start(rows.slice(at, at + perRequest));
        }
      }
      const waiting = new AbortController();
      await Promise.race([
        kit.clock.sleep(Math.max(1, waitMs), AbortSignal.any([waiting.signal, stopping.signal])),
        woken.promise,
      ]);
      waiting.abort();
    }
  }
  const running = run();
  const stopListening = journal.keeper.onCommit(() => woken.resolve());

  return {
    wake: () => woken.resolve(),
    pending: () => pending.length,
    add(rows) {
      const fresh = rows.filter((row) => !pending.some(({ ordinal }) => ordinal === row.ordinal));
      pending = [...pending, ...fresh].sort((a, b) => a.ordinal - b.ordinal);
      woken.resolve();
    },
    sendNow,
    async stop() {
      stopListening();
      stopping.abort();
      woken.resolve();
      await running;
    },
  };
}

export function rowOf(endpoint: string, { ordinal, id, key = "" }: Found): DeliveryRow {
  return {
    endpoint,
    ordinal,
    publisher: id?.publisher ?? "",
    sequence: id?.sequence ?? 0,
    key,
    state: DeliveryState.PENDING,
    attempts: 0,
    status: 0,
    latency_ms: 0,
    error: "",
    next_ms: 0,
    last_ms: 0,
  };
}
