import { DeadLetterService, LetterState, type Letter, RedriveState } from "@orrery/schema/bus/v1";
import type { Client } from "@connectrpc/connect";
import type { Command } from "commander";
import { edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { whole } from "../numbers.ts";
import { EXIT } from "../exit.ts";
import { printRows, progress, wordOf } from "../print.ts";

const STATES = {
  open: LetterState.OPEN,
  redriven: LetterState.REDRIVEN,
  resolved: LetterState.RESOLVED,
  discarded: LetterState.DISCARDED,
} as const;
const PAGE = 1_000;
const LOOK_MS = 200;

interface Which {
  readonly type?: string;
  readonly code?: string;
  readonly entry?: string[];
}

function whichCommand(name: string, description: string): Command {
  return edgeCommand(name, description)
    .argument("[subscription]", "only this one's")
    .option("--type <type>", "only events of this type, or glob like weather.*")
    .option("--code <code>", "only those that failed with this code")
    .option("--entry <id...>", "only these entries");
}

const filterOf = (subscription: string | undefined, { type = "", code = "", entry = [] }: Which) => ({
  subscription: subscription ?? "",
  type,
  code,
  entryIds: entry,
});

function rowOf({ entry, state, actor, note }: Letter) {
  return {
    subscription: entry?.subscription,
    entry: entry?.entryId,
    type: entry?.type,
    event: `${entry?.publisher}/${entry?.sequence}`,
    code: entry?.code,
    attempts: entry?.attempts,
    state: wordOf(LetterState, state),
    by: actor,
    note: note || entry?.message,
  };
}

export const dlq = whichCommand("dlq", "events that a subscription gave up")
  .option("--state <state>", `${Object.keys(STATES).join(", ")}`, "open")
  .action(
    async (
      subscription: string | undefined,
      options: EdgeOptions & Which & { state: keyof typeof STATES },
      command: Command,
    ) => {
      const state = STATES[options.state];
      if (state === undefined)
        command.error(`error: --state is one of ${Object.keys(STATES).join(", ")}`, { exitCode: EXIT.usage });
      const { client } = await openEdge(options);
      const rows = [];
      for (let pageToken = ""; ; ) {
        const page = await client(DeadLetterService).listDeadLetters({
          filter: filterOf(subscription, options),
          state,
          pageSize: PAGE,
          pageToken,
        });
        rows.push(...page.letters.map(rowOf));
        pageToken = page.nextPageToken;
        if (pageToken === "") break;
      }
      printRows(rows, options.json);
    },
  );

/** Without --yes it only counts: nothing is moved by mistake. */
export const redrive = whichCommand("redrive", "sends dead letters to their own subscription once more")
  .option("--yes", "do it; without this it is only counted", false)
  .option("--rate <n>", "events a second, 1..10000", whole(1, 10_000), 100)
  .option("--max <n>", "at most so many, oldest first; 0: all", whole(0), 0)
  .option("--note <text>", "why", "")
  .action(
    async (
      subscription: string | undefined,
      options: EdgeOptions & Which & { yes: boolean; rate: number; max: number; note: string },
    ) => {
      const { client } = await openEdge(options);
      const letters = client(DeadLetterService);
      const { matched, bySubscription, byType, byCode, jobId } = await letters.redrive({
        filter: filterOf(subscription, options),
        dryRun: !options.yes,
        ratePerS: options.rate,
        max: options.max,
        note: options.note,
      });
      if (jobId === "") {
        const rows = [
          ...bySubscription.map(({ name, count }) => ({ by: "subscription", name, events: count })),
          ...byType.map(({ name, count }) => ({ by: "type", name, events: count })),
          ...byCode.map(({ name, count }) => ({ by: "code", name, events: count })),
        ];
        printRows(rows, options.json);
        if (matched > 0 && !options.yes) console.error(`${matched} would be sent; add --yes to send them.`);
        return;
      }
      const job = await follow(letters, jobId);
      const { sent, refused, problem } = job;
      printRows(
        [{ job: jobId, state: wordOf(RedriveState, job.state), sent, refused, problem }],
        options.json,
      );
      if (job.state !== RedriveState.DONE || refused > 0) process.exitCode = EXIT.fail;
    },
  );

async function follow(letters: Client<typeof DeadLetterService>, jobId: string) {
  const say = progress();
  for (;;) {
    const job = await letters.getRedrive({ jobId });
    if (job.state !== RedriveState.RUNNING) return job;
    say(`${job.sent + job.refused} of ${job.matched} sent`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

export const resolve = whichCommand("resolve", "closes dead letters that were put right by other means")
  .option("--note <text>", "how", "")
  .action(async (subscription: string | undefined, options: EdgeOptions & Which & { note: string }) => {
    const { client } = await openEdge(options);
    const filter = filterOf(subscription, options);
    const { resolved } = await client(DeadLetterService).resolve({ filter, note: options.note });
    printRows([{ resolved }], options.json);
  });

export const discard = whichCommand("discard", "closes dead letters that nobody shall handle")
  .requiredOption("--note <text>", "why")
  .action(async (subscription: string | undefined, options: EdgeOptions & Which & { note: string }) => {
    const { client } = await openEdge(options);
    const filter = filterOf(subscription, options);
    const { discarded } = await client(DeadLetterService).discard({ filter, note: options.note });
    printRows([{ discarded }], options.json);
  });
