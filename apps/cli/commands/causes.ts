import { seededNumbers } from "@orrery/bus";
import { type JournalEvent, JournalService, Order } from "@orrery/schema/bus/v1";
import { OrreryError } from "@orrery/wire";
import { type Edge, edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { cliErrors } from "../errors.ts";
import { EXIT } from "../exit.ts";
import { whole } from "../numbers.ts";
import { gameClock, printRows } from "../print.ts";
import { type Chain, interleaved, sampleChains, shuffled } from "../run/sample-chains.ts";

const PAGE = 500;
/** Pages of the journal that a sample of the newest looks at, and of each type one that is drawn. */
const [MOST_PAGES, PAGES_A_TYPE] = [200, 20];

type Options = EdgeOptions & { sample?: number; length: number; services: number; seed?: number };
type Events = AsyncIterable<readonly JournalEvent[]>;

/** Events of a world, or of some of its types, the newest first. */
async function* newest({ world, client }: Edge, types: readonly string[], pages: number): Events {
  const asked = { worldId: world, filter: { types: [...types] }, order: Order.NEWEST_FIRST, pageSize: PAGE };
  for (let [page, pageToken] = [0, ""]; page < pages; page++) {
    const { events, nextPageToken } = await client(JournalService).query({ ...asked, pageToken });
    yield events;
    if (nextPageToken === "") return;
    pageToken = nextPageToken;
  }
}

/** One type after the other, types and the events of each in an order that the seed decides. */
async function* drawn(edge: Edge, seed: number): Events {
  const random = seededNumbers(seed);
  const { worlds } = await edge.client(JournalService).stats({ worldId: edge.world });
  const types = worlds.flatMap(({ types: counts }) => counts.map(({ type }) => type)).sort();
  for (const type of shuffled(types, random)) {
    const events: JournalEvent[] = [];
    for await (const page of newest(edge, [type], PAGES_A_TYPE)) events.push(...page);
    // Most of what people do comes of a minute that has passed: what comes of anything else is tried as often.
    yield interleaved(shuffled(events, random), ({ cause }) => cause?.publisher ?? "");
  }
}

/** Exit 0: it is shown; 1: fewer chains than were asked for. */
export const causes = edgeCommand(
  "causes",
  "what led to an event, from the root on; or a sample of such chains",
)
  .argument("[event]", "publisher/sequence, as `bus tail --json` says it")
  .option(
    "--sample <count>",
    "so many chains, of the newest events unless --seed draws them, 1..200",
    whole(1, 200),
  )
  .option("--length <links>", "of a sample: links at least, 1..64", whole(1, 64), 3)
  .option("--services <count>", "of a sample: publishing services at least, 1..21", whole(1, 21), 1)
  .option(
    "--seed <n>",
    "draws the sample, some of each type, instead of taking the newest",
    whole(0, 2 ** 31),
  )
  .action(async (event: string | undefined, options: Options) => {
    const edge = await openEdge(options);
    const { world, client } = edge;
    const journal = client(JournalService);
    const chainOf = async (publisher: string, sequence: number): Promise<Chain> =>
      (await journal.causes({ worldId: world, id: { publisher, sequence } })).chain;
    if (options.sample === undefined) {
      const [publisher, sequence] = idOf(event);
      print([(await chainOf(publisher, sequence)).toReversed()], options.json);
      return;
    }
    const { length, services, seed } = options;
    const ends = () => (seed === undefined ? newest(edge, [], MOST_PAGES) : drawn(edge, seed));
    const chains = await sampleChains(
      { ends, causes: ({ id }) => chainOf(id?.publisher ?? "", id?.sequence ?? 0) },
      { count: options.sample, length, services },
    );
    print(chains, options.json);
    if (chains.length < options.sample) process.exitCode = EXIT.fail;
  });

function idOf(event: string | undefined): readonly [publisher: string, sequence: number] {
  const at = event?.lastIndexOf("/") ?? -1;
  const sequence = Number(event?.slice(at + 1));
  if (event === undefined || at < 1 || !Number.isSafeInteger(sequence) || sequence < 1)
    throw new OrreryError(cliErrors.CLI_BAD_ARGUMENT, {
      given: `${event ?? "no event"}: wants publisher/sequence, or --sample`,
    });
  return [event.slice(0, at), sequence];
}

function print(chains: readonly Chain[], json: boolean | undefined): void {
  const rows = chains.flatMap((chain, number) =>
    chain.map(({ id, service, type, atGs, says }, link) => ({
      chain: number + 1,
      link: link + 1,
      at: atGs === undefined ? "" : gameClock(atGs),
      service,
      type,
      says,
      id: `${id?.publisher}/${id?.sequence}`,
    })),
  );
  printRows(rows, json);
}
