import { randomUUID } from "node:crypto";
import { Command, Option } from "commander";
import { DeathCause, NpcService, RelationBand, StimulusKind } from "@orrery/schema/npc/v1";
import { ConsiderationInput, Need, Reflex } from "@orrery/schema/world/v1";
import { edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { decimal, whole } from "../numbers.ts";
import { gameClock, printRows } from "../print.ts";
import { wants } from "./people-wants.ts";

const PAGE = 500;
/** What an option may be, as a person writes it: the names of an enum but for the first, which says nothing. */
const wordsOf = (names: Readonly<Record<string, number>>) =>
  Object.keys(names)
    .filter((name) => names[name] !== 0)
    .map((name) => name.toLowerCase());
const [KINDS, CAUSES] = [wordsOf(StimulusKind), wordsOf(DeathCause)];
const nameIn = (names: Readonly<Record<string, unknown>>, value: number | undefined) =>
  Object.keys(names)
    .find((name) => names[name] === value)
    ?.toLowerCase() ?? "";
const rounded = (value: number) => Number(value.toFixed(2));

const ls = edgeCommand("ls", "who is where, and at what")
  .option("--region <id>", "only those in this region")
  .option("--role <id>", "only these, like role:baker")
  .action(async (options: EdgeOptions & { region?: string; role?: string }) => {
    const { world, client } = await openEdge(options);
    const rows: Record<string, string>[] = [];
    for (let pageToken = "", more = true; more; ) {
      const asked = { worldId: world, regionId: options.region ?? "", roleId: options.role ?? "" };
      const { npcs, nextPageToken } = await client(NpcService).listNpcs({
        ...asked,
        pageSize: PAGE,
        pageToken,
      });
      for (const { npcId, name, role, regionId, placeId, toPlaceId, doing } of npcs)
        rows.push({
          id: npcId,
          name,
          role,
          region: regionId,
          place: placeId === "" ? `to ${toPlaceId}` : placeId,
          doing,
        });
      pageToken = nextPageToken;
      more = nextPageToken !== "";
    }
    printRows(rows, options.json);
  });

/** What was weighed, in a line: `lack of food 0.40 -> 0.66`. */
const considered = (all: readonly { input: ConsiderationInput; need: Need; value: number; made: number }[]) =>
  all
    .map(({ input, need, value, made }) => {
      const what =
        input === ConsiderationInput.LACK
          ? `lack of ${nameIn(Need, need)}`
          : nameIn(ConsiderationInput, input);
      return `${what} ${value.toFixed(2)} -> ${made.toFixed(2)}`;
    })
    .join(", ");

const show = edgeCommand("show", "one person: what they need, and what they would weigh at this moment")
  .argument("<npc>", "id, like npc:mira-reed")
  .action(async (npcId: string, options: EdgeOptions) => {
    const { world, client } = await openEdge(options);
    const { mind, needs, weighed, atGs } = await client(NpcService).explain({ worldId: world, npcId });
    const { npc } = await client(NpcService).getNpc({ worldId: world, npcId });
    const where = npc?.placeId === "" ? `on the way to ${npc.toPlaceId}` : (npc?.placeId ?? "");
    if (!options.json) {
      console.error(
        `${npc?.name}, ${npc?.role}, ${mind?.ageYears}: ${npc?.doing}, ${where}, ${gameClock(atGs)}`,
      );
      console.error(needs.map(({ need, level }) => `${nameIn(Need, need)} ${level.toFixed(2)}`).join("  "));
    }
    printRows(
      weighed.map((one) => ({
        activity: one.says,
        place: one.placeId,
        day: one.isSlot ? "yes" : "",
        "minutes away": rounded(one.minutesAway),
        utility: rounded(one.utility),
        considered: considered(one.considered),
      })),
      options.json,
    );
  });

const why = edgeCommand("why", "what somebody did last, and what spoke for it")
  .argument("<npc>", "id, like npc:mira-reed")
  .action(async (npcId: string, options: EdgeOptions) => {
    const { world, client } = await openEdge(options);
    const { chosen } = await client(NpcService).explain({ worldId: world, npcId });
    printRows(
      chosen.map(({ atGs, says, placeId, isSlot, reasons, instead, reflex }) => ({
        at: gameClock(atGs),
        does: says,
        place: placeId === "" ? "on the way" : placeId,
        because:
          reflex === Reflex.UNSPECIFIED
            ? `${isSlot ? "the day has it so; " : ""}${considered(reasons)}`
            : `at once: ${reflex === Reflex.WEATHER ? "the weather" : "danger"}`,
        "rather than": instead,
      })),
      options.json,
    );
  });

const day = edgeCommand("day", "how somebody's day is meant to go")
  .argument("<npc>", "id, like npc:mira-reed")
  .option("--ahead <days>", "days from today, 0..365", whole(0, 365), 0)
  .action(async (npcId: string, options: EdgeOptions & { ahead: number }) => {
    const { world, client } = await openEdge(options);
    const { slots } = await client(NpcService).previewDay({
      worldId: world,
      npcId,
      daysAhead: options.ahead,
    });
    printRows(
      slots.map(({ fromGs, says, placeId }) => ({ from: gameClock(fromGs), what: says, place: placeId })),
      options.json,
    );
  });

const knows = edgeCommand("knows", "what somebody has seen and heard of, and from whom")
  .argument("<npc>", "id, like npc:mira-reed")
  .action(async (npcId: string, options: EdgeOptions) => {
    const { world, client } = await openEdge(options);
    const { memories } = await client(NpcService).listMemories({ worldId: world, npcId });
    printRows(
      memories.map(({ memory, text, teller, score }) => ({
        what: text,
        since: gameClock(memory?.atGs ?? 0),
        from: teller === "" ? "saw it" : teller,
        mouths: memory?.hops ?? 0,
        sure: rounded(memory?.confidence ?? 0),
        weight: rounded(score),
        event: `${memory?.originPublisher}/${memory?.originSequence}`,
      })),
      options.json,
    );
  });

const feels = edgeCommand("feels", "what somebody thinks of others")
  .argument("<npc>", "id, like npc:mira-reed")
  .action(async (npcId: string, options: EdgeOptions) => {
    const { world, client } = await openEdge(options);
    const { relations } = await client(NpcService).listRelations({ worldId: world, npcId });
    printRows(
      relations.map(({ toId, name, band, score, familiarity }) => ({
        to: toId,
        name,
        is: nameIn(RelationBand, band),
        score: rounded(score),
        known: rounded(familiarity),
      })),
      options.json,
    );
  });

const kill = edgeCommand("kill", "lets somebody die; it cannot be undone")
  .argument("<npc>", "id, like npc:mira-reed")
  .addOption(new Option("--cause <cause>", "what of").choices(CAUSES).default("story"))
  .option("--by <id>", "who did it: somebody of the people, or a player", "")
  .action(async (npcId: string, options: EdgeOptions & { cause: string; by: string }) => {
    const cause = DeathCause[options.cause.toUpperCase() as keyof typeof DeathCause];
    const { world, client } = await openEdge(options);
    const asked = { worldId: world, idempotencyKey: randomUUID(), npcId, cause, killerId: options.by };
    const { witnessIds, heirIds } = await client(NpcService).kill(asked);
    printRows([{ dead: npcId, seen: witnessIds.length, mourned: heirIds.length }], options.json);
  });

const frighten = edgeCommand(
  "frighten",
  "a fight, a fire or a beast: whoever is near runs, stands up to it or cowers",
)
  .argument("<place>", "where, like place:copper-kettle")
  .addOption(new Option("--kind <kind>", "what it is").choices(KINDS).default("fire"))
  .option("--reach <metres>", "how far it is felt, 1 to 5000", whole(1, 5_000), 200)
  .option("--intensity <share>", "how bad it is where it is, 0 to 1", decimal(0, 1), 0.8)
  .action(
    async (placeId: string, options: EdgeOptions & { kind: string; reach: number; intensity: number }) => {
      const kind = StimulusKind[options.kind.toUpperCase() as keyof typeof StimulusKind];
      const { world, client } = await openEdge(options);
      const { noticed, count } = await client(NpcService).applyStimulus({
        ...{ worldId: world, idempotencyKey: randomUUID(), kind, placeId },
        ...{ radiusM: options.reach, intensity: options.intensity },
      });
      printRows(
        noticed.map(({ npcId, felt, reflex }) => ({
          id: npcId,
          felt: rounded(felt),
          does: reflex === Reflex.UNSPECIFIED ? "goes on" : nameIn(Reflex, reflex),
        })),
        options.json,
      );
      if (options.json !== true) console.log(`${count} noticed it.`);
    },
  );

const rumours = edgeCommand("rumours", "what goes around, from mouth to mouth, and how it changed on its way")
  .argument("[about]", "whom or what it is about, like player:ida or good:grain", "")
  .option("--count <n>", "how many", whole(1, 20), 3)
  .action(async (aboutId: string, options: EdgeOptions & { count: number }) => {
    const { world, client } = await openEdge(options);
    const asked = { worldId: world, aboutId, count: options.count };
    const { rumours: found } = await client(NpcService).listRumours(asked);
    if (options.json === true)
      return printRows(
        found.flatMap(({ steps }) => steps.map((step) => ({ ...step }))),
        true,
      );
    for (const { text, knownTo, versions, steps, originPublisher, originSequence } of found) {
      console.log(`${text} (known to ${knownTo}; began with ${originPublisher} ${originSequence})`);
      for (const version of versions.slice(1))
        console.log(`  told by ${version.knownTo} as: ${version.text}`);
      printRows(
        steps.map(({ npcId, teller, hops, atGs, confidence, changed, text: own }) => ({
          ...{
            who: npcId,
            from: teller === "" ? "saw it" : teller,
            mouths: String(hops),
            at: gameClock(atGs),
          },
          ...{ sure: rounded(confidence), says: changed ? own : "" },
        })),
        false,
      );
    }
    if (found.length === 0) console.log("Nothing goes around about it.");
  });

const believes = edgeCommand("believes", "what somebody has come to believe, and by whose mouths")
  .argument("<npc>", "id, like npc:mira-reed")
  .argument("[about]", "whom or what it is about", "")
  .action(async (npcId: string, subject: string, options: EdgeOptions) => {
    const { world, client } = await openEdge(options);
    const { beliefs } = await client(NpcService).explainBelief({ worldId: world, npcId, subject });
    const rows = beliefs.flatMap(({ belief, reasons }) =>
      reasons.map(({ text, chain, originPublisher, originSequence }) => ({
        ...{
          about: belief?.subject ?? "",
          good: rounded(belief?.value ?? 0),
          sure: rounded(belief?.confidence ?? 0),
        },
        ...{ reason: text, from: chain.map(({ name }) => name).join(" < ") },
        event: `${originPublisher} ${originSequence}`,
      })),
    );
    printRows(rows, options.json);
  });

export const people = new Command("people").description("The people of a world.");
for (const command of [ls, show, why, wants, day, knows, believes, rumours, feels, kill, frighten])
  people.addCommand(command);
