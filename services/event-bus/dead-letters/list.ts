import { LetterState, type ListDeadLettersRequest } from "@orrery/schema/bus/v1";
import { type Call, matchesType, pageAsked } from "@orrery/service";
import { PAGES } from "../pages.ts";
import { letterBook, nameOf } from "./book.ts";
import { closedLetter, entryOf, listed } from "./letter.ts";

/** A page of letters in one state: open ones from the broker, the others as they were closed, newest first. */
export async function listLetters(
  { filter, state = LetterState.OPEN, ...asked }: ListDeadLettersRequest,
  call: Call,
) {
  const wanted = state === LetterState.UNSPECIFIED ? LetterState.OPEN : state;
  const page = pageAsked(asked, ["dead letters", wanted, filter ?? {}], ["number"], PAGES);
  const [skip] = page.place ?? [0];
  const letters = [];
  let place = 0;
  for await (const letter of wanted === LetterState.OPEN
    ? open(filter, call)
    : closed(filter, wanted, call)) {
    if (place++ < skip) continue;
    if (letters.length === page.size) return { letters, nextPageToken: page.next([skip + page.size]) };
    letters.push(listed(letter));
  }
  return { letters };
}

async function* open(filter: ListDeadLettersRequest["filter"], call: Call) {
  const book = call.part(letterBook);
  const states = await book.states();
  for await (const { subscription, letter } of book.open(filter)) {
    const row = states.get(nameOf(subscription, letter.entryId));
    yield row?.state === LetterState.REDRIVING
      ? closedLetter(row)
      : { entry: entryOf(subscription, letter), state: LetterState.OPEN };
  }
}

async function* closed(filter: ListDeadLettersRequest["filter"], state: LetterState, call: Call) {
  const { subscription = "", type = "", code = "", entryIds = [] } = filter ?? {};
  const rows = [...(await call.part(letterBook).states()).values()]
    .filter(
      (row) =>
        row.state === state &&
        (subscription === "" || row.subscription === subscription) &&
        (type === "" || matchesType(type, row.type)) &&
        (code === "" || row.code === code) &&
        (entryIds.length === 0 || entryIds.includes(row.entry_id)),
    )
    .sort((a, b) => b.at_ms - a.at_ms);
  for (const row of rows) yield closedLetter(row);
}
