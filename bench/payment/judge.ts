import { setTimeout as wait } from "node:timers/promises";
import { LedgerPosted, ReceiptStatus } from "@orrery/schema/payment/v1";
import type { StripeDouble } from "@orrery/payment/double";
import type { Lived } from "./life.ts";
import { owed, takings } from "./oracle.ts";
import { plant, takeBack } from "./planted.ts";
import { openScene, type Scene } from "./scene.ts";

export interface Verdict {
  /** Answers that should not have been. */
  readonly faults: number;
  readonly firstFault: string;
  readonly imbalances: number;
  readonly wrongTokens: number;
  readonly wrongRights: number;
  readonly wrongTakings: number;
  /** Seqs that no event told of, or that were told twice differently. */
  readonly gaps: number;
  readonly transactions: number;
  /** What lost webhooks had left behind, before it was repaired. */
  readonly drifted: number;
  readonly planted: number;
  readonly plantedFound: number;
  /** What differed when all was repaired. */
  readonly left: number;
}

let keys = 0;
const LONG = { timeoutMs: 600_000 };
const idempotencyKey = () => `judge-${String(++keys).padStart(8, "0")}`;
const ROUNDS = 5;

/** Repairs until nothing differs. @returns what did at first, and what is left */
async function repair({ clients }: Scene): Promise<{ drifted: number; left: number }> {
  let drifted = -1;
  for (let round = 0; ; round++) {
    const { driftCount } = await clients.billing.reconcile(
      { idempotencyKey: idempotencyKey(), all: true, apply: round < ROUNDS },
      LONG,
    );
    if (drifted < 0) drifted = driftCount;
    if (driftCount === 0 || round >= ROUNDS) return { drifted, left: driftCount };
  }
}

/** Everything against what the provider says, the events against the books; and drift that is planted. */
export async function judge(
  folder: string,
  settings: Readonly<Record<string, string>>,
  double: StripeDouble,
  lived: readonly Lived[],
): Promise<Verdict> {
  let scene = await openScene(folder, settings);
  await workedThrough(scene);
  const { drifted, left } = await repair(scene);
  const faults = lived.flatMap((own) => own.faults);
  const people = await wrongPeople(scene, double, lived);
  const events = await wrongEvents(scene);
  const wrongTakings = await countWrongTakings(scene, double);
  const { imbalances } = await scene.clients.operator.audit({}, LONG);
  await scene.host.stop();

  const planted = plant(folder, double);
  scene = await openScene(folder, settings);
  const look = (apply: boolean) =>
    scene.clients.billing.reconcile({ idempotencyKey: idempotencyKey(), all: true, apply }, LONG);
  const { drifts } = await look(true);
  const found = [...planted].filter(([kind, ref]) =>
    drifts.some((drift) => drift.kind === kind.trim() && drift.ref.includes(ref)),
  );
  await scene.host.stop();
  takeBack(folder, planted.get("account") ?? "");
  scene = await openScene(folder, settings);
  const after = await repair(scene);
  await scene.host.stop();
  return {
    faults: faults.length,
    firstFault: faults[0] ?? "",
    imbalances: imbalances.length,
    ...people,
    wrongTakings,
    ...events,
    drifted,
    planted: planted.size,
    plantedFound: found.length,
    left: left + after.left,
  };
}

async function workedThrough({ clients }: Scene): Promise<void> {
  for (let waited = 0; waited < 600; waited++) {
    const { receipts } = await clients.billing.listReceipts(
      { status: ReceiptStatus.RECEIVED, pageSize: 1 },
      LONG,
    );
    if (receipts.length === 0) return;
    await wait(100);
  }
}

async function wrongPeople({ clients }: Scene, double: StripeDouble, lived: readonly Lived[]) {
  let [wrongTokens, wrongRights] = [0, 0];
  for (const own of lived) {
    const due = owed(double, own, Date.now());
    const { player: playerId } = own;
    const { accounts } = await clients.wallet.getBalances({ worldId: "platform", playerId }, LONG);
    const { entitlements, tier } = await clients.billing.getEntitlements({ playerId }, LONG);
    const founder = entitlements.some(({ key, state }) => key === "pack.founder" && state === 1);
    if (accounts[0]?.balance !== due.tokens) wrongTokens += 1;
    if (tier !== due.tier || founder !== due.founder) wrongRights += 1;
  }
  return { wrongTokens, wrongRights };
}

async function countWrongTakings({ clients }: Scene, double: StripeDouble): Promise<number> {
  let wrong = 0;
  for (const [currency, sum] of takings(double)) {
    const accountId = `system:sales/${currency}`;
    const asked = { worldId: "platform", accountId, pageSize: 1 };
    const { lines } = await clients.operator.listTransactions(asked, LONG);
    if ((lines[0]?.balanceAfter ?? 0) !== sum) wrong += 1;
  }
  return wrong;
}

/** Folds what was told of the tokens' ledger, and holds it against the books. */
async function wrongEvents({ host, clients }: Scene): Promise<{ gaps: number; transactions: number }> {
  const told = new Map<number, string>();
  let gaps = 0;
  const folded = new Map<string, number>();
  const asked = { worldId: "platform", currency: "token", pageSize: 500 };
  const { transactions, nextPageToken } = await clients.operator.exportLedger(asked, LONG);
  const books = [...transactions];
  for (let pageToken = nextPageToken; pageToken !== ""; ) {
    const page = await clients.operator.exportLedger({ ...asked, pageToken }, LONG);
    books.push(...page.transactions);
    pageToken = page.nextPageToken;
  }
  const subscription = host.surroundings.bus.subscribe({
    id: "bench/payment",
    types: [LedgerPosted.typeName],
    order: "key",
    from: "earliest",
    handle(event) {
      const { ledgerId, seq, txId, legs } = event.decode(LedgerPosted);
      if (ledgerId !== "platform/token") return;
      if (told.has(seq)) gaps += Number(told.get(seq) !== txId);
      else for (const leg of legs) folded.set(leg.accountId, (folded.get(leg.accountId) ?? 0) + leg.amount);
      told.set(seq, txId);
    },
  });
  for (let waited = 0; told.size < books.length && waited < 600; waited++) await wait(50);
  await subscription.drain();
  for (const { seq, txId } of books) if (told.get(seq) !== txId) gaps += 1;
  const last = new Map<string, number>();
  for (const { legs } of books) for (const leg of legs) last.set(leg.accountId, leg.balanceAfter);
  for (const [account, balance] of last) if (folded.get(account) !== balance) gaps += 1;
  return { gaps, transactions: books.length };
}
