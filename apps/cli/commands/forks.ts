import { randomUUID } from "node:crypto";
import { type DropSeen, type JournalEvent, WorldService } from "@orrery/schema/bus/v1";
import { type Command, InvalidArgumentError } from "commander";
import { edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { EXIT } from "../exit.ts";
import { gameSecond, ordinal, whole } from "../numbers.ts";
import { gameClock, printRows } from "../print.ts";
import { differences } from "../run/two-worlds/compare.ts";
import { reasonInWords } from "../run/two-worlds/difference.ts";

/** Hold that a fork begins with. */
const FORK_HOLD = "fork";

interface Dropped {
  readonly type: string;
  readonly key: string;
  readonly fromGs?: number;
}

/** `weather.v1.WeatherSevere`, `…@region:mill`, `…@region:mill+864000`: type, key, not before this game second. */
export function dropArgument(text: string, before: readonly Dropped[] = []): readonly Dropped[] {
  const found = /^([a-z0-9_.]+[A-Za-z0-9]+)(?:@([^+]+))?(?:\+(\d+))?$/.exec(text);
  if (found === null)
    throw new InvalidArgumentError("say <type>, <type>@<key> or <type>@<key>+<game second>");
  const [, type = "", key = "", from] = found;
  return [...before, { type, key, ...(from !== undefined && { fromGs: Number(from) }) }];
}

export const fork = edgeCommand("fork", "a new world with the past of this one; it begins held")
  .argument("<id>", "id of the new world")
  .option("--at <gs>", "where the clock shows this game second", gameSecond)
  .option("--position <ordinal>", "behind this place of the journal", ordinal)
  .option(
    "--drop <event>",
    "leave out the first such event: <type>, <type>@<key>, <type>@<key>+<game second>; may be repeated",
    dropArgument,
  )
  .action(
    async (
      id: string,
      options: EdgeOptions & { at?: number; position?: number; drop?: Dropped[] },
      command: Command,
    ) => {
      if (options.at !== undefined && options.position !== undefined)
        command.error("error: give --at or --position, not both", { exitCode: EXIT.usage });
      const { world, client } = await openEdge(options);
      const made = await client(WorldService).fork({
        worldId: world,
        newWorldId: id,
        idempotencyKey: randomUUID(),
        drop: options.drop ?? [],
        place:
          options.position !== undefined
            ? { case: "position", value: options.position }
            : options.at !== undefined
              ? { case: "atGs", value: options.at }
              : { case: undefined },
      });
      printRows(
        [{ world: made.worldId, parent: world, position: made.position, time: gameClock(made.atGs) }],
        options.json,
      );
      if (!options.json)
        console.error(`Let its time pass with \`orrery time resume --world ${id} --hold ${FORK_HOLD}\`.`);
    },
  );

/** As it was given. */
const dropText = (drop: DropSeen["drop"]) =>
  drop === undefined
    ? ""
    : `${drop.type}${drop.key && `@${drop.key}`}${drop.fromGs === undefined ? "" : `+${drop.fromGs}`}`;

const nameOf = (event: JournalEvent | undefined) =>
  event === undefined ? "absent" : `${event.says} (${event.id?.publisher}/${event.id?.sequence})`;

export const archive = edgeCommand("archive", "ends a world for good; its past can still be read and forked")
  .argument("<id>", "the world")
  .option("--yes", "it is meant: nothing brings the world back but a fork of it")
  .action(async (worldId: string, options: EdgeOptions & { yes?: boolean }, command: Command) => {
    meant(command, options.yes, `${worldId} would end for good`);
    const { client } = await openEdge({ ...options, world: worldId });
    const { atGs } = await client(WorldService).archive({ worldId });
    printRows([{ world: worldId, archived: true, time: gameClock(atGs) }], options.json);
  });

export const remove = edgeCommand("delete", "ends a world and removes its states and its journal")
  .argument("<id>", "the world")
  .option("--yes", "it is meant: nothing of the world is left")
  .action(async (worldId: string, options: EdgeOptions & { yes?: boolean }, command: Command) => {
    meant(command, options.yes, `${worldId} and all of its past would be gone`);
    const { client } = await openEdge({ ...options, world: worldId });
    const { events } = await client(WorldService).delete({ worldId });
    printRows([{ world: worldId, deleted: true, events }], options.json);
  });

/** What cannot be taken back wants to be said twice. */
function meant(command: Command, yes: boolean | undefined, what: string): void {
  if (yes !== true) command.error(`error: ${what}; say --yes if that is meant`, { exitCode: EXIT.usage });
}

type DiffOptions = EdgeOptions & { ignore?: string[]; until?: number; inWords?: number };

function printDifferences(
  { all, nameOf }: Awaited<ReturnType<typeof differences>>,
  count: number,
  json: boolean | undefined,
): void {
  if (all.length === 0 && !json) console.log("Nothing differs that could be told.");
  for (const difference of all.slice(0, count)) {
    const { about, weight, says, how, event, world } = difference;
    const id = event?.id && `${event.id.publisher}/${event.id.sequence}`;
    const because = reasonInWords(difference, nameOf);
    console.log(
      json
        ? JSON.stringify({ about, weight, says, how, because, event: id, type: event?.type, world })
        : `${says}. ${because}`,
    );
  }
}

/** Exit 0: both say the same; 1: they part. */
export const diff = edgeCommand("diff", "where two worlds of one past part, and what differs since")
  .argument("<a>", "a world")
  .argument("<b>", "a fork of it, or another fork of its past")
  .option("--ignore <type...>", "types not to compare, or globs")
  .option("--until <gs>", "compared up to this game second; default as far as both have come", gameSecond)
  .option("--in-words <count>", "instead of counts so many sentences, what differs most first", whole(1, 500))
  .action(async (worldA: string, worldB: string, options: DiffOptions) => {
    const edge = await openEdge({ ...options, world: worldA });
    const { client } = edge;
    if (options.inWords !== undefined) {
      const found = await differences(edge, [worldA, worldB], options.until);
      if (found.all.length > 0) process.exitCode = EXIT.fail;
      printDifferences(found, options.inWords, options.json);
      return;
    }
    const found = await client(WorldService).diff({
      ...{ worldA, worldB, ignoreTypes: options.ignore ?? [] },
      ...(options.until !== undefined && { untilGs: options.until }),
    });
    const { first, counts, states, drops, ancestor, position, untilGs } = found;
    if (first !== undefined) process.exitCode = EXIT.fail;
    if (options.json) {
      console.log(
        JSON.stringify({
          ancestor,
          position,
          untilGs,
          first: first && {
            type: (first.inA ?? first.inB)?.type,
            key: (first.inA ?? first.inB)?.key,
            atGs: first.atGs,
            a: nameOf(first.inA),
            b: nameOf(first.inB),
            field: first.field,
            valueA: first.valueA,
            valueB: first.valueB,
          },
          counts: counts.map(({ type, onlyA, onlyB, differs, same }) => ({
            type,
            onlyA,
            onlyB,
            differs,
            same,
          })),
          states: states.map(({ service, atGs, same, fields }) => ({ service, atGs, same, fields })),
          drops: drops.map(({ worldId, drop, leftOut }) => ({
            world: worldId,
            drop: dropText(drop),
            leftOut,
          })),
        }),
      );
      return;
    }
    console.log(`Common past: ${ancestor} up to ${position}; compared to ${gameClock(untilGs)}.`);
    if (first === undefined) console.log("Nothing differs since.");
    else {
      const type = (first.inA ?? first.inB)?.type;
      const field =
        first.field === "" ? "" : `, field ${first.field}: ${first.valueA} against ${first.valueB}`;
      console.log(`They part at ${gameClock(first.atGs)} with ${type}${field}`);
      console.log(`  ${worldA}: ${nameOf(first.inA)}\n  ${worldB}: ${nameOf(first.inB)}`);
    }
    const rows = counts.map(({ type, onlyA, onlyB, differs, same }) => ({
      type,
      [`only ${worldA}`]: onlyA,
      [`only ${worldB}`]: onlyB,
      differs,
      same,
    }));
    if (rows.length > 0) printRows(rows, false);
    for (const { worldId, drop, leftOut } of drops)
      console.log(
        leftOut
          ? `${worldId} does without ${dropText(drop)}.`
          : `Nothing was dropped from ${worldId}: ${dropText(drop)} has not come in the time compared.`,
      );
    for (const { service, atGs, same, fields } of states)
      console.log(
        `State of ${service} at ${gameClock(atGs)}: ${same ? "the same" : `differs in ${fields.join(", ")}`}`,
      );
  });
