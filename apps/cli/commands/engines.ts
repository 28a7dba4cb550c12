import { randomUUID } from "node:crypto";
import { Command, Option } from "commander";
import {
  Announcement,
  Channel,
  CheckResult,
  Distance,
  EngineService,
  FeatureChange,
  type Subject,
} from "@orrery/schema/engine/v1";
import { edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { whole } from "../numbers.ts";
import { printRows, wordOf } from "../print.ts";
import { drafts } from "./engine-drafts.ts";
import { upgrade } from "./engine-upgrades.ts";
import { moment, standing, statusWord, versionText } from "./engine-words.ts";

const PAGE = 500;
const DAY_MS = 86_400_000;
const CHANNELS = ["stable", "preview", "nightly"];
const channelOf = (word: string | undefined): Channel =>
  Channel[(word ?? "unspecified").toUpperCase() as keyof typeof Channel];
const key = () => ({ idempotencyKey: randomUUID() });

const rowOf = (subject: Subject) => ({
  subject: subject.subjectId,
  current: versionText(subject.current),
  newest: versionText(subject.newest),
  standing: standing(subject),
  channel: wordOf(Channel, subject.channel),
  "last truly read": moment(subject.lastOkMs, "never read"),
});

const list = edgeCommand("list", "what is watched, and when it was last truly read").action(
  async (options: EdgeOptions) => {
    const engines = (await openEdge(options)).client(EngineService);
    const rows: Record<string, unknown>[] = [];
    for (let pageToken = "", more = true; more; ) {
      const page = await engines.listSubjects({ pageSize: PAGE, pageToken });
      rows.push(...page.subjects.map(rowOf));
      pageToken = page.nextPageToken;
      more = pageToken !== "";
    }
    printRows(rows, options.json);
  },
);

const sources = edgeCommand("sources", "where a subject is read, and how that goes")
  .argument("<subject>")
  .action(async (subjectId: string, options: EdgeOptions) => {
    const { sources: found } = await (await openEdge(options))
      .client(EngineService)
      .getSubject({ subjectId });
    printRows(
      found.map((one) => ({
        source: one.sourceId,
        status: statusWord(one.status),
        "last truly read": moment(one.lastOkMs, "never read"),
        next: moment(one.nextDueMs, ""),
        failures: one.failures,
        "no versions": one.unparsed,
        why: one.reason,
      })),
      options.json,
    );
  });

const versions = edgeCommand("versions", "versions that were seen, newest first")
  .argument("[subject]", "only of it", "")
  .addOption(new Option("--channel <channel>", "only of it").choices(CHANNELS))
  .action(async (subjectId: string, options: EdgeOptions & { readonly channel?: string }) => {
    const engines = (await openEdge(options)).client(EngineService);
    const rows: Record<string, unknown>[] = [];
    for (let pageToken = "", more = true; more; ) {
      const channel = channelOf(options.channel);
      const page = await engines.listSightings({ subjectId, channel, pageSize: PAGE, pageToken });
      for (const one of page.sightings)
        rows.push({
          subject: one.subjectId,
          version: versionText(one.version),
          channel: wordOf(Channel, one.channel),
          tag: one.tag,
          released: moment(one.releasedMs, ""),
          "first seen": moment(one.firstSeenMs, ""),
          notice: one.withdrawn ? "withdrawn" : wordOf(Announcement, one.announcement),
          security: one.security ? "yes" : "",
          revision: one.revision,
        });
      pageToken = page.nextPageToken;
      more = pageToken !== "";
    }
    printRows(rows, options.json);
  });

const check = edgeCommand("check", "reads sources now, each at most once a minute; exits 1 when one fails")
  .argument("[subject]", "only its sources", "")
  .action(async (subjectId: string, options: EdgeOptions) => {
    const engines = (await openEdge(options)).client(EngineService);
    const { sources: checked } = await engines.checkNow({ subjectId, ...key() });
    printRows(
      checked.map(({ sourceId, result, reason }) => ({
        source: sourceId,
        result: wordOf(CheckResult, result),
        why: reason,
      })),
      options.json,
    );
    if (checked.some(({ result }) => result === CheckResult.FAILED)) process.exitCode = 1;
  });

const compare = edgeCommand("compare", "what stands between two versions")
  .argument("<subject>")
  .option("--from <version>", "default the one in use", "")
  .option("--to <version>", "default the newest", "")
  .action(
    async (subjectId: string, options: EdgeOptions & { readonly from: string; readonly to: string }) => {
      const { from, to } = options;
      const found = await (await openEdge(options)).client(EngineService).compare({ subjectId, from, to });
      if (!options.json)
        console.error(
          `${found.from} to ${found.to}: ${wordOf(Distance, found.distance)}, by ${found.versions.map(({ sighting }) => versionText(sighting?.version)).join(", ") || "no version"}${found.cut ? "; more than is shown" : ""}`,
        );
      printRows(
        found.drafts.map((draft) => ({
          version: draft.version,
          change: draft.change === FeatureChange.UNSPECIFIED ? "?" : wordOf(FeatureChange, draft.change),
          feature: draft.featureKey || "?",
          text: draft.text,
        })),
        options.json,
      );
    },
  );

const acknowledge = edgeCommand("acknowledge", "takes note of a version")
  .argument("<subject>")
  .argument("<version>")
  .action(async (subjectId: string, version: string, options: EdgeOptions) => {
    const { sighting } = await (await openEdge(options))
      .client(EngineService)
      .acknowledge({ subjectId, version, ...key() });
    printRows([{ version: versionText(sighting?.version), notice: "acknowledged" }], options.json);
  });

const snooze = edgeCommand("snooze", "puts the notice of a version off")
  .argument("<subject>")
  .argument("<version>")
  .requiredOption("--days <n>", "how long, 1 to 90", whole(1, 90))
  .action(async (subjectId: string, version: string, options: EdgeOptions & { readonly days: number }) => {
    const engines = (await openEdge(options)).client(EngineService);
    const untilMs = Date.now() + options.days * DAY_MS - 1_000;
    const { sighting } = await engines.snooze({ subjectId, version, untilMs, ...key() });
    printRows(
      [
        {
          version: versionText(sighting?.version),
          notice: "snoozed",
          until: moment(sighting?.snoozedUntilMs ?? 0, ""),
        },
      ],
      options.json,
    );
  });

const ignore = edgeCommand("ignore", "announces no version of a range any more")
  .argument("<subject>")
  .argument("<range>", "like '>=5.7.0 <5.8.0'")
  .requiredOption("--why <text>", "why")
  .action(async (subjectId: string, range: string, options: EdgeOptions & { readonly why: string }) => {
    const engines = (await openEdge(options)).client(EngineService);
    const { ignored } = await engines.ignore({ subjectId, range, why: options.why, ...key() });
    printRows([{ range, ignored }], options.json);
  });

const correct = edgeCommand("correct", "says which version is in use after all, or which channel is wanted")
  .argument("<subject>")
  .option("--current <version>", "in use", "")
  .addOption(new Option("--channel <channel>", "wanted").choices(CHANNELS))
  .requiredOption("--reason <text>", "why")
  .action(
    async (
      subjectId: string,
      options: EdgeOptions & { readonly current: string; readonly channel?: string; readonly reason: string },
    ) => {
      const engines = (await openEdge(options)).client(EngineService);
      const { current, reason } = options;
      const asked = { subjectId, current, reason, channel: channelOf(options.channel), ...key() };
      const { subject } = await engines.correctSubject(asked);
      printRows(subject === undefined ? [] : [rowOf(subject)], options.json);
    },
  );

export const engines = new Command("engines").description(
  "versions of what the game is built on, and upgrades to them",
);
for (const command of [
  list,
  sources,
  versions,
  check,
  compare,
  acknowledge,
  snooze,
  ignore,
  correct,
  upgrade,
  drafts,
])
  engines.addCommand(command);
