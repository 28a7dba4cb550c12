import {
  DraftFeature,
  DraftStatus,
  FeatureChange,
  type ListDraftsRequest,
  ReviewDraftRequest,
  ReviewDraftResponse,
} from "@orrery/schema/engine/v1";
import { type Call, callerName, pageAsked, pageOf, serviceErrors } from "@orrery/service";
import { type MessageOf, OrreryError } from "@orrery/wire";
import { putDraft } from "../drafts/record.ts";
import { engineErrors } from "../errors.ts";
import { answerKey } from "../keep/answers.ts";
import { keeper } from "../keep/keeper.ts";
import { comparePrecedence } from "@orrery/engine-version";
import { mustVersion } from "../sightings/must.ts";
import type { EngineTables } from "../tables.ts";
import { PAGES } from "./reads.ts";
import { subjectFile } from "./view.ts";

const SORTED = 0.5;

/** Newest version first, and then as they stand in its notes. */
export async function listDrafts(request: ListDraftsRequest, { kit }: Call) {
  const { subjectId, status, unsorted } = request;
  const file = subjectFile(kit, subjectId);
  let query = kit.store.as<EngineTables>().selectFrom("draft").select("body").where("subject", "=", file.id);
  const version = request.version === "" ? "" : mustVersion(file.id, request.version);
  if (version !== "") query = query.where("version", "=", version);
  if (status !== DraftStatus.UNSPECIFIED) query = query.where("status", "=", status);
  const all = (await query.execute())
    .map(({ body }) => DraftFeature.decode(body))
    .filter(({ confidence }) => !unsorted || confidence < SORTED)
    .sort(
      (a, b) =>
        comparePrecedence(b.version, a.version) || a.line - b.line || (a.draftId < b.draftId ? -1 : 1),
    );
  const page = pageOf(
    all,
    pageAsked(request, ["drafts", subjectId, version, status, unsorted], ["number"], PAGES),
  );
  return { drafts: page.items, nextPageToken: page.nextPageToken };
}

const CHANGES: ReadonlySet<FeatureChange> = new Set([
  FeatureChange.INTRODUCED,
  FeatureChange.ENHANCED,
  FeatureChange.DEPRECATED,
  FeatureChange.REMOVED,
]);
const KEY = /^[a-z0-9_]{1,64}$/;

export function reviewDraft(request: MessageOf<typeof ReviewDraftRequest>, call: Call) {
  const refuse = (given: string): never => {
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, { given });
  };
  return call.part(keeper).submit({
    answer: answerKey(call.caller, ReviewDraftRequest, request),
    reply: ReviewDraftResponse,
    async run(turn) {
      const { draftId, approve, text } = request;
      const row = await turn.db
        .selectFrom("draft")
        .select("body")
        .where("id", "=", draftId)
        .executeTakeFirst();
      if (row === undefined)
        throw new OrreryError(engineErrors.ENGINE_UNKNOWN_DRAFT, {
          given: JSON.stringify(draftId.slice(0, 80)),
        });
      const before = DraftFeature.decode(row.body);
      const featureKey = request.featureKey || before.featureKey;
      const change = request.change || before.change;
      if (text.length > 1_000) refuse("text: at most 1,000 characters");
      if (approve && !KEY.test(featureKey)) refuse("feature_key: say which feature it is, of a-z, 0-9 and _");
      if (approve && !CHANGES.has(change)) refuse("change: say what becomes of the feature");
      const status = approve ? DraftStatus.APPROVED : DraftStatus.REJECTED;
      const draft = {
        ...before,
        featureKey,
        change,
        status,
        text: text || before.text,
        reviewer: callerName(call.caller),
      };
      await putDraft(turn, draft);
      return { draft };
    },
  });
}
