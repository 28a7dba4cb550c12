import { JournalService, Order } from "@orrery/schema/bus/v1";
import { OrreryError } from "@orrery/wire";
import { edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { cliErrors } from "../errors.ts";
import { EXIT } from "../exit.ts";
import { whole } from "../numbers.ts";
import { gameClock, printRows } from "../print.ts";
import { type Chain, sampleChains } from "../run/sample-chains.ts";

const PAGE = 500;
/** Pages of the journal that a sample looks at. */
const MOST_PAGES = 200;

type Options = EdgeOptions & { sample?: number; length: number; services: number };

/** Exit 0: it is shown; 1: fewer chains than were asked for. */
export const causes = edgeCommand(
  "causes",
  "what led to an event, from the root on; or a sample of such chains",
)
  .argument("[event]", "publisher/sequence, as `bus tail --json` says it")
  .option("--sample <count>", "so many chains of the newest events, 1..200", whole(1, 200))
  .option("--length <links>", "of a sample: links at least, 1..64", whole(1, 64), 3)
  .option("--services <count>", "of a sample: publishing services at least, 1..21", whole(1, 21), 1)
  .action(async (event: string | undefined, options: Options) => {
    const { world, client } = await openEdge(options);
    const journal = client(JournalService);
    const chainOf = async (publisher: string, sequence: number): Promise<Chain> =>
      (await journal.causes({ worldId: world, id: { publisher, sequence } })).chain;
    if (options.sample === undefined) {
      const [publisher, sequence] = idOf(event);
      print([(await chainOf(publisher, sequence)).toReversed()], options.json);
      return;
    }
    async function* newest() {
      let pageToken = "";
      for (let page = 0; page < MOST_PAGES; page++) {
        const asked = { worldId: world, order: Order.NEWEST_FIRST, pageSize: PAGE, pageToken };
        const { events, nextPageToken } = await journal.query(asked);
        yield events;
        if (nextPageToken === "") return;
        pageToken = nextPageToken;
      }
    }
    const { length, services } = options;
    const chains = await sampleChains(
      { newest, causes: ({ id }) => chainOf(id?.publisher ?? "", id?.sequence ?? 0) },
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
