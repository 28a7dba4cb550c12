import type { Claim, Outcome } from "../claim.ts";
import { lastWords, runProgram } from "../program.ts";
import { tested } from "../tested.ts";

/** A bench/payment program prints one line of JSON, and ends with 1 where something is wrong. */
async function payment<T>(
  program: string,
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly said: string; readonly found: T | undefined }> {
  const { code, stdout, stderr } = await runProgram([`bench/payment/${program}`, ...args, "--json"]);
  const last = stdout.trim().split("\n").at(-1) ?? "";
  return { code, said: lastWords(stderr), found: last.startsWith("{") ? (JSON.parse(last) as T) : undefined };
}

const verdict = (well: boolean, figure: string): Outcome => ({ status: well ? "pass" : "fail", figure });
const count = (value: number) => value.toLocaleString("en");
const NOT_RUN = 3;

type Chaos = Readonly<
  Record<
    | "lives"
    | "kills"
    | "webhooks"
    | "lost"
    | "doubled"
    | "payments"
    | "faults"
    | "imbalances"
    | "wrongTokens"
    | "wrongRights"
    | "wrongTakings"
    | "gaps"
    | "drifted"
    | "planted"
    | "plantedFound"
    | "left",
    number
  >
>;
type Killed = Readonly<
  Record<"rounds" | "acknowledged" | "wrong" | "imbalances" | "gaps" | "untold" | "refused", number>
>;
interface Speed {
  readonly posts: { readonly perSecond: number; readonly p99Ms: number };
  readonly paced: { readonly perSecond: number; readonly p99Ms: number };
  readonly balances: { readonly p99Ms: number };
  readonly audit: { readonly ms: number; readonly legs: number; readonly imbalances: number };
}

const SUITE = "services/payment/billing.test.ts";

export const claims: readonly Claim[] = [
  {
    id: "payment.chaos",
    sentence:
      "Whatever is bought, refunded, disputed, doubled, lost or killed: money is conserved to the unit, and players may what the provider says",
    measured:
      "120 random lives of players (10,000 with --full) at a double of Stripe that outlives the service; webhooks in any order, doubled, late and lost, the service killed amid it; then books, balances, rights and takings against an oracle of its own, and drift that was planted (bench/payment/chaos.ts)",
    threshold: "nothing wrong, every planted drift found, and nothing left after the repair",
    async run(full) {
      const lives = full ? "10000" : "120";
      const { code, said, found } = await payment<Chaos>(
        "chaos.ts",
        "--lives",
        lives,
        "--kills",
        full ? "40" : "3",
      );
      if (found === undefined) return verdict(false, said);
      const { imbalances, wrongTokens, wrongRights, wrongTakings, gaps, faults, left } = found;
      return verdict(
        code === 0,
        `${count(found.lives)} lives, ${count(found.payments)} payments, ${found.kills} kills, ${count(found.webhooks)} webhooks (${count(found.lost)} lost, ${count(found.doubled)} doubled): ${imbalances} imbalances, ${wrongTokens + wrongTakings} wrong sums, ${wrongRights} wrong rights, ${gaps} gaps, ${faults} wrong answers; ${found.drifted} drifted and were repaired, ${left} left; ${found.plantedFound} of ${found.planted} planted found`,
      );
    },
  },
  {
    id: "payment.kill9",
    sentence:
      "Killed amid thousands of transfers, what was acknowledged is on the account once, and was told",
    measured:
      "transfers of 10,000 players at 2,000/s for 2 x 3 s (3 x 60 s with --full), SIGKILL amid each; balances against what was acknowledged, the legs, and the fold of what was told (bench/payment/kill9.ts)",
    threshold: "0 wrong, 0 untold, 0 gaps, 0 imbalances",
    async run(full) {
      const { code, said, found } = await payment<Killed>(
        "kill9.ts",
        ...["--rounds", full ? "3" : "2", "--seconds", full ? "60" : "3"],
      );
      if (found === undefined) return verdict(false, said);
      const { rounds, acknowledged, wrong, untold, gaps, imbalances } = found;
      return verdict(
        code === 0,
        `${rounds} kills, ${count(acknowledged)} acknowledged: ${wrong} wrong, ${untold} untold, ${gaps} gaps, ${imbalances} imbalances`,
      );
    },
  },
  {
    id: "payment.speed",
    sentence: "Money moves thousands of times a second, each commit durable before it is answered",
    measured: "64 callers at once for 3 s (30 s with --full); p99 at 1,000/s (bench/payment/speed.ts)",
    threshold: "2,000 transactions/s; p99 at the rate 50 ms at most; GetBalances p99 3 ms at most",
    async run(full) {
      const { said, found } = await payment<Speed>("speed.ts", "--seconds", full ? "30" : "3");
      if (found === undefined) return verdict(false, said);
      const { posts, paced, balances, audit } = found;
      const well =
        posts.perSecond >= 2_000 && paced.p99Ms <= 50 && balances.p99Ms <= 3 && audit.imbalances === 0;
      return verdict(
        well,
        `${count(posts.perSecond)}/s, p99 ${paced.p99Ms.toFixed(0)} ms at ${count(paced.perSecond)}/s; GetBalances p99 ${balances.p99Ms.toFixed(1)} ms; ${count(audit.legs)} legs audited in ${audit.ms} ms`,
      );
    },
  },
  {
    id: "payment.beancount",
    sentence: "The books are in order to a checker that is not ours, and no longer when one leg is changed",
    measured: "a ledger of 400 transfers, exported, by Beancount's bean-check (bench/payment/beancount.ts)",
    threshold: "accepted as it is, refused with one amount changed",
    async run() {
      const { code, said, found } = await payment<{
        transactions: number;
        accepted: boolean;
        refusedWhenChanged: boolean;
      }>("beancount.ts");
      if (code === NOT_RUN) return { status: "not-run", figure: said };
      if (found === undefined) return verdict(false, said);
      const { transactions, accepted, refusedWhenChanged } = found;
      return verdict(
        code === 0,
        `${transactions} transactions: ${accepted ? "accepted" : "refused"}; changed: ${refusedWhenChanged ? "refused" : "accepted"}`,
      );
    },
  },
  {
    id: "payment.stripe-mock",
    sentence: "What Stripe's library is asked for is what Stripe's own description of its API allows",
    measured: "every call of the adapter against stripe-mock, Stripe's own (bench/payment/stripe-mock.ts)",
    threshold: "no call refused",
    async run() {
      const { code, said, found } = await payment<{ calls: number; refused: readonly string[] }>(
        "stripe-mock.ts",
      );
      if (code === NOT_RUN) return { status: "not-run", figure: said };
      if (found === undefined) return verdict(false, said);
      const { calls, refused } = found;
      return verdict(code === 0, `${calls} calls, ${refused.length} refused ${refused.join("; ")}`.trim());
    },
  },
  tested({
    id: "payment.checkout",
    sentence:
      "A checkout leads to premium; three renewals later a failed card gives grace, and day 7 ends it",
    files: [SUITE],
    titles: [
      "takes a checkout to premium, and tells it once",
      "renews, gives grace to a failed card, and ends on day 7",
    ],
  }),
  tested({
    id: "payment.order",
    sentence: "Webhooks in fifty random orders, doubled: the same rights and the same money",
    files: [SUITE],
    titles: ["comes to the same whatever the order of webhooks, and however often they come"],
  }),
  tested({
    id: "payment.signatures",
    sentence: "A wrong signature and a wrong time are refused, and any live secret is taken",
    files: [SUITE],
    titles: ["answers 400 to a wrong signature and to a stale or early time, and 200 to any live secret"],
  }),
  tested({
    id: "payment.disputes",
    sentence: "A dispute takes what is left and what it bought, a question nothing, and a win gives it back",
    files: [SUITE],
    titles: [
      "takes all that is left for a dispute, nothing for a question, and gives it back when it is won",
      "ends what a disputed period paid for, and renews it no more",
    ],
  }),
  tested({
    id: "payment.reconcile",
    sentence: "Planted drift is found in the copy, in what follows from it, and in the books",
    files: [SUITE],
    titles: [
      "finds planted drift in the copy, in what follows from it, and in the books, and mends what it may",
    ],
  }),
  tested({
    id: "payment.invariants",
    sentence: "Whatever is done with money, it is conserved, and every transaction is told in order",
    files: ["services/payment/ledger.test.ts"],
    titles: ["conserves money whatever is done with it, and tells every transaction in order"],
  }),
  tested({
    id: "payment.lazy",
    sentence: "Stripe's library is read into memory only where it is configured",
    files: ["services/payment/providers/stripe/provider.test.ts"],
    titles: ["is read into memory only where it is configured"],
  }),
  tested({
    id: "payment.fork",
    sentence:
      "A forked world has the coins of its parent as they were, tokens are the same, and no real money is taken",
    files: ["apps/cli/run/fork-money.test.ts"],
  }),
  tested({
    id: "payment.hooks",
    sentence:
      "What programs elsewhere send reaches a service byte for byte, within limits, and nobody's secrets with it",
    files: ["services/router/hooks/door.test.ts"],
  }),
];
