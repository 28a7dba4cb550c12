import { Command } from "commander";
import { ChangeOp, StateService } from "@orrery/schema/state/v1";
import { edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { whole } from "../numbers.ts";
import { printRows } from "../print.ts";

interface ObjectOptions extends EdgeOptions {
  readonly owner: string;
}

const OPS = new Map<number, string>(Object.entries(ChangeOp).map(([name, op]) => [op, name]));
const PAGE = 500;

/** Options of a command about one object. */
function objectCommand(name: string, description: string): Command {
  return edgeCommand(name, description)
    .argument("<collection>")
    .argument("<key>")
    .option("--owner <id>", "whose it is: `player:ada`; default nobody's", "");
}

const collections = edgeCommand("collections", "what is kept, and how much").action(
  async (options: EdgeOptions) => {
    const { world, client } = await openEdge(options);
    const found = await client(StateService).getCollections({ worldId: world });
    printRows(
      found.collections.map(({ name, synced, objects, bytes, seq, historyVersions }) => ({
        collection: name,
        "in slots": synced,
        objects,
        bytes,
        changes: seq,
        versions: historyVersions,
      })),
      options.json,
    );
  },
);

const ls = edgeCommand("ls", "objects of a collection")
  .argument("<collection>")
  .option("--owner <id>", "only of this one")
  .action(async (collection: string, options: EdgeOptions & { owner?: string }) => {
    const { world, client } = await openEdge(options);
    const request = {
      worldId: world,
      collection,
      pageSize: PAGE,
      ...(options.owner && { owner: options.owner }),
    };
    const { objects } = await client(StateService).list(request);
    printRows(
      objects.map(({ id, version, size, updatedBy }) => ({
        key: id?.key,
        owner: id?.owner,
        version,
        bytes: size,
        "changed by": updatedBy,
      })),
      options.json,
    );
  });

const get = objectCommand("get", "an object's value as JSON")
  .option("--version <n>", "as it was at this version", whole(1))
  .action(async (collection: string, key: string, options: ObjectOptions & { version?: number }) => {
    const { world, client } = await openEdge(options);
    const { version } = options;
    const { object } = await client(StateService).get({
      worldId: world,
      id: { collection, owner: options.owner, key },
      asJson: true,
      ...(version !== undefined && { moment: { moment: { case: "version", value: version } } }),
    });
    if (object === undefined || object.absent)
      console.log(`Not there; its last version was ${object?.version ?? 0}.`);
    else console.log(object.json);
  });

const history = objectCommand("history", "who changed an object, newest first").action(
  async (collection: string, key: string, options: ObjectOptions) => {
    const { world, client } = await openEdge(options);
    const id = { collection, owner: options.owner, key };
    const { changes } = await client(StateService).history({ worldId: world, id, pageSize: PAGE });
    printRows(
      changes.map(({ version, op, actor, atMs, changes: places, event }) => ({
        version,
        op: op === ChangeOp.UNSPECIFIED ? "DELETE" : OPS.get(op),
        by: actor,
        at: new Date(atMs).toISOString(),
        places: places.map(({ path }) => path || "/").join(" "),
        event: `${event?.publisher}/${event?.sequence}`,
      })),
      options.json,
    );
  },
);

const quota = edgeCommand("quota", "what an owner uses of what it may")
  .argument("<owner>")
  .action(async (owner: string, options: EdgeOptions) => {
    const { world, client } = await openEdge(options);
    const used = await client(StateService).getQuota({ worldId: world, owner });
    printRows(
      [
        { what: "objects", used: used.objects, limit: used.objectsLimit },
        { what: "bytes", used: used.bytes, limit: used.bytesLimit },
        { what: "characters", used: used.characters, limit: used.charactersLimit },
      ],
      options.json,
    );
  });

export const state = new Command("state").description(
  "What the game keeps: objects, their past, what owners use",
);
for (const command of [collections, ls, get, history, quota]) state.addCommand(command);
