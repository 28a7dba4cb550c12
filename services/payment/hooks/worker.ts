import { ReceiptStatus } from "@orrery/schema/payment/v1";
import { type Kit, type Part } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { waitMs } from "../again.ts";
import { book } from "../book.ts";
import { paymentErrors } from "../errors.ts";
import type { ObjectRef } from "../providers/provider.ts";
import { RECEIPT } from "../store/rows.ts";
import type { PaymentTables, ReceiptRow } from "../tables.ts";
import { till } from "../till.ts";
import { type HookAnswer, receive } from "./receive.ts";

const ATTEMPTS_MOST = 8;
const LOOK_EVERY_MS = 1_000;
/** Tries of the local provider with one webhook; then it is lost, as elsewhere. */
const DELIVERIES_MOST = 5;
const PAGE = 64;

export interface Hooks {
  receive(body: Uint8Array, signature: string): Promise<HookAnswer>;
  /** Lets one be worked through again, whatever became of it. @returns whether it is there */
  replay(eventId: string): Promise<boolean>;
  /** Works through all that is due. */
  work(): Promise<void>;
}

/** Takes webhooks, and looks again at what they are about: eight times at most, then somebody is told. */
export const hooks: Part<Hooks> = {
  name: "hooks",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const owned = kit.part(till);
    const counted = kit.metrics.counter("orrery_payment_hooks_total", "Webhooks by what they were answered", [
      "status",
    ]);
    const stopping = new AbortController();
    let working: Promise<void> | undefined;
    let again = false;
    let givenUp = 0;

    async function workThrough(): Promise<void> {
      do {
        again = false;
        for (;;) {
          const rows = await due(kit, owned.provider.name);
          if (rows.length === 0 || stopping.signal.aborted) break;
          for (const row of rows) await workOne(kit, row);
        }
      } while (again && !stopping.signal.aborted);
      givenUp = await countFailed(kit);
    }

    function work(): Promise<void> {
      again = true;
      working ??= workThrough()
        .catch((error: unknown) => kit.log.warn({ err: error }, "webhooks were not worked through"))
        .finally(() => (working = undefined));
      return working;
    }

    async function take(body: Uint8Array, signature: string): Promise<HookAnswer> {
      const answered = await receive(kit, owned.provider, body, signature);
      counted(1, { status: String(answered.status) });
      if (answered.accepted) void work();
      return answered;
    }

    /** The local provider's own come the way that all come, and again where they are not taken. */
    async function deliver(): Promise<void> {
      const { desk } = owned;
      for (let tries = 0, hook = desk.next(); hook !== undefined; hook = desk.next()) {
        const { status } = await take(hook.body, hook.signature).catch(() => ({ status: 503 }));
        tries = status === 200 ? 0 : tries + 1;
        if (tries === 0 || tries >= DELIVERIES_MOST) desk.delivered();
        if (tries >= DELIVERIES_MOST) tries = 0;
      }
    }
    let delivering: Promise<void> = Promise.resolve();
    if (owned.on && owned.provider.name === "local")
      owned.desk.onHooks(() => {
        delivering = delivering
          .then(deliver)
          .catch((error: unknown) => kit.log.warn({ err: error }, "a webhook was not delivered"));
      });

    const run = async () => {
      while (owned.on && !stopping.signal.aborted) {
        if (kit.part(book).active) await work();
        await kit.clock.sleep(LOOK_EVERY_MS, stopping.signal);
      }
    };
    const running = run();
    kit.health.add({
      name: "webhooks",
      kind: "notice",
      ask: () => (givenUp === 0 ? undefined : `${givenUp} webhooks were given up: ListReceipts names them`),
    });
    return {
      handle: {
        receive: take,
        work,
        async replay(eventId) {
          const { name } = owned.provider;
          const found = await rowOf(kit, name, eventId);
          if (found === undefined) return false;
          await settleReceipt(kit, found, { status: ReceiptStatus.RECEIVED, attempts: 0, next_ms: 0 });
          await work();
          return true;
        },
      },
      async stop() {
        stopping.abort();
        await running;
        await delivering;
        await working;
      },
    };
  },
};

const due = (kit: Kit, provider: string): Promise<ReceiptRow[]> =>
  kit.store
    .as<PaymentTables>()
    .selectFrom("receipt")
    .selectAll()
    .where("status", "=", ReceiptStatus.RECEIVED)
    .where("provider", "=", provider)
    .where("next_ms", "<=", kit.clock.now())
    .orderBy("next_ms")
    .limit(PAGE)
    .execute();

const rowOf = (kit: Kit, provider: string, eventId: string): Promise<ReceiptRow | undefined> =>
  kit.store
    .as<PaymentTables>()
    .selectFrom("receipt")
    .selectAll()
    .where("provider", "=", provider)
    .where("event_id", "=", eventId)
    .executeTakeFirst();

async function countFailed(kit: Kit): Promise<number> {
  const row = await kit.store
    .as<PaymentTables>()
    .selectFrom("receipt")
    .select(({ fn }) => fn.countAll<number>().as("n"))
    .where("status", "=", ReceiptStatus.FAILED)
    .executeTakeFirst();
  return Number(row?.n ?? 0);
}

async function workOne(kit: Kit, row: ReceiptRow): Promise<void> {
  const { refresher } = kit.part(till);
  try {
    for (const about of JSON.parse(row.about) as readonly ObjectRef[])
      if (!(await refresher.refresh(about)).isThere)
        throw new OrreryError(paymentErrors.PAYMENT_UNKNOWN_PAYMENT, {
          given: `the provider has no ${about.kind} ${about.ref}`,
        });
    await settleReceipt(kit, row, { status: ReceiptStatus.APPLIED, attempts: row.attempts + 1 });
  } catch (error) {
    const attempts = row.attempts + 1;
    const status = attempts >= ATTEMPTS_MOST ? ReceiptStatus.FAILED : ReceiptStatus.RECEIVED;
    const problem = error instanceof Error ? error.message : String(error);
    kit.log.warn({ err: error, event: row.event_id, attempts }, "a webhook could not be worked through");
    await settleReceipt(kit, row, { status, attempts, problem, next_ms: kit.clock.now() + waitMs(attempts) });
  }
}

function settleReceipt(kit: Kit, row: ReceiptRow, over: Partial<ReceiptRow>): Promise<void> {
  return kit.part(book).submit({
    worlds: [],
    async run(draft) {
      draft.put(RECEIPT, { ...row, problem: "", ...over });
    },
  });
}
