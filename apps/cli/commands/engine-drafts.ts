import { randomUUID } from "node:crypto";
import { Command, Option } from "commander";
import { type DraftFeature, DraftStatus, EngineService, FeatureChange } from "@orrery/schema/engine/v1";
import { edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { printRows, wordOf } from "../print.ts";

const PAGE = 500;
const CHANGES = ["introduced", "enhanced", "deprecated", "removed"];
const CHANGE = new Option("--change <change>", "what becomes of it").choices(CHANGES);

const rowOf = (draft: DraftFeature) => ({
  draft: draft.draftId,
  version: draft.version,
  change: draft.change === FeatureChange.UNSPECIFIED ? "?" : wordOf(FeatureChange, draft.change),
  feature: draft.featureKey || "?",
  status: wordOf(DraftStatus, draft.status),
  sure: draft.confidence,
  text: draft.text,
});

const list = edgeCommand("list", "what release notes say of features, until somebody has looked at it")
  .argument("<subject>")
  .option("--version-of <version>", "only of it", "")
  .option("--unsorted", "only those of which nothing was understood")
  .action(
    async (
      subjectId: string,
      options: EdgeOptions & { readonly versionOf: string; readonly unsorted?: boolean },
    ) => {
      const engines = (await openEdge(options)).client(EngineService);
      const rows: Record<string, unknown>[] = [];
      for (let pageToken = "", more = true; more; ) {
        const { versionOf: version, unsorted = false } = options;
        const page = await engines.listDrafts({ subjectId, version, unsorted, pageSize: PAGE, pageToken });
        rows.push(...page.drafts.map(rowOf));
        pageToken = page.nextPageToken;
        more = pageToken !== "";
      }
      printRows(rows, options.json);
    },
  );

const approve = edgeCommand("approve", "lets a draft go out with an upgrade to its version")
  .argument("<draft>")
  .option("--feature <key>", "which feature it is", "")
  .addOption(CHANGE)
  .option("--text <text>", "what changed, in other words", "")
  .action(
    async (
      draftId: string,
      options: EdgeOptions & { readonly feature: string; readonly change?: string; readonly text: string },
    ) => {
      const engines = (await openEdge(options)).client(EngineService);
      const change =
        FeatureChange[(options.change ?? "unspecified").toUpperCase() as keyof typeof FeatureChange];
      const { feature: featureKey, text } = options;
      const asked = { draftId, approve: true, featureKey, change, text, idempotencyKey: randomUUID() };
      const { draft } = await engines.reviewDraft(asked);
      printRows(draft === undefined ? [] : [rowOf(draft)], options.json);
    },
  );

const reject = edgeCommand("reject", "keeps a draft from going out")
  .argument("<draft>")
  .action(async (draftId: string, options: EdgeOptions) => {
    const engines = (await openEdge(options)).client(EngineService);
    const { draft } = await engines.reviewDraft({ draftId, approve: false, idempotencyKey: randomUUID() });
    printRows(draft === undefined ? [] : [rowOf(draft)], options.json);
  });

export const drafts = new Command("drafts").description(
  "what release notes say of features, looked at before it goes out",
);
for (const command of [list, approve, reject]) drafts.addCommand(command);
