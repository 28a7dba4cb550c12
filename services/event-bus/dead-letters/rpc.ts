import { DeadLetterService, LetterState, type LetterFilter } from "@orrery/schema/bus/v1";
import { type Call, callerName, serve, serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { journalErrors } from "../errors.ts";
import { letterBook, nameOf, type OpenLetter } from "./book.ts";
import { closedLetter, entryOf } from "./letter.ts";
import { listLetters } from "./list.ts";

const RATE = { standard: 100, most: 10_000 } as const;

/** Letters that are open and in nobody's hand, oldest first. */
async function chosen(filter: LetterFilter | undefined, max: number, call: Call): Promise<OpenLetter[]> {
  const book = call.part(letterBook);
  const states = await book.states();
  const letters: OpenLetter[] = [];
  for await (const open of book.open(filter)) {
    if (states.has(nameOf(open.subscription, open.letter.entryId))) continue;
    letters.push(open);
    if (letters.length === max) break;
  }
  return letters;
}

function tally(letters: readonly OpenLetter[], nameIt: (letter: OpenLetter) => string) {
  return [...Map.groupBy(letters, nameIt)].map(([name, own]) => ({ name, count: own.length }));
}

export const deadLetterRpc = serve(DeadLetterService, {
  listDeadLetters: (request, call) => listLetters(request, call),
  async getDeadLetter({ subscription, entryId }, call) {
    const book = call.part(letterBook);
    const closed = (await book.states()).get(nameOf(subscription, entryId));
    if (closed !== undefined) return { letter: closedLetter(closed) };
    const filter = { $typeName: "bus.v1.LetterFilter" as const, subscription, type: "", code: "" };
    for await (const { letter } of book.open({ ...filter, entryIds: [entryId] }))
      return { letter: { entry: entryOf(subscription, letter), state: LetterState.OPEN } };
    throw new OrreryError(journalErrors.BUS_LETTER_UNKNOWN, { given: `${subscription} ${entryId}` });
  },
  async redrive({ filter, dryRun = true, ratePerS, max, note }, call) {
    const rate = ratePerS || RATE.standard;
    if (rate > RATE.most)
      throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
        given: `rate_per_s ${rate}, at most ${RATE.most}`,
      });
    const letters = await chosen(filter, max || Number.POSITIVE_INFINITY, call);
    const jobId =
      dryRun || letters.length === 0
        ? ""
        : await call
            .part(letterBook)
            .redrives.begin(letters, { ratePerS: rate, actor: callerName(call.caller), note });
    return {
      dryRun,
      matched: letters.length,
      bySubscription: tally(letters, ({ subscription }) => subscription),
      byType: tally(letters, ({ letter }) => letter.type),
      byCode: tally(letters, ({ letter }) => letter.code),
      jobId,
    };
  },
  resolve: async ({ filter, note }, call) => ({
    resolved: await call.part(letterBook).close(filter, LetterState.RESOLVED, callerName(call.caller), note),
  }),
  async discard({ filter, note }, call) {
    if (note.trim() === "") throw new OrreryError(journalErrors.BUS_NOTE_MISSING);
    const discarded = await call
      .part(letterBook)
      .close(filter, LetterState.DISCARDED, callerName(call.caller), note);
    return { discarded };
  },
  async getRedrive({ jobId }, call) {
    const row = await call.part(letterBook).redrives.get(jobId);
    const { job_id, begun_ms, ended_ms, ...rest } = row;
    return { ...rest, jobId: job_id, begunMs: begun_ms, endedMs: ended_ms };
  },
  async cancelRedrive({ jobId }, call) {
    await call.part(letterBook).redrives.cancel(jobId);
    return {};
  },
});
