import {
  EngineVersionSchema,
  FeatureSchema,
  type PutFeatureRequest,
  PutFeatureRequestSchema,
  PutFeatureResponse,
  type PutVersionRequest,
  PutVersionRequestSchema,
  PutVersionResponse,
  type RetireFeatureRequest,
  RetireFeatureRequestSchema,
  RetireFeatureResponse,
  type ReviewDraftRequest,
  ReviewDraftRequestSchema,
  ReviewDraftResponse,
  type SetDefaultVersionRequest,
  SetDefaultVersionRequestSchema,
  SetDefaultVersionResponse,
} from "@orrery/schema/capability/v1";
import { create, type DescMessage, type MessageShape } from "@bufbuild/protobuf";
import { type Call, callerName } from "@orrery/service";
import type { Codec, MessageOf } from "@orrery/wire";
import { putFeature, putVersion, retireFeature, reviewDraft, setDefault } from "../catalogue/decide.ts";
import { catalogue } from "../catalogue/part.ts";
import type { CatalogueState } from "../catalogue/state.ts";
import type { Decided } from "../catalogue/writer.ts";
import { answerKey } from "../store/answers.ts";

/** One change of the catalogue, done once however often it is asked for under one key. */
function change<D extends DescMessage, C extends Codec>(
  request: MessageShape<D> & { readonly idempotencyKey: string },
  schema: D,
  codec: C,
  call: Call,
  decide: (state: CatalogueState) => Decided,
): Promise<MessageOf<C>> {
  const { state, writer } = call.part(catalogue);
  const asked = answerKey(call.caller, schema, request);
  return writer.change(callerName(call.caller), asked, codec, () => decide(state));
}

export const write = {
  putFeature: (request: PutFeatureRequest, call: Call) =>
    change(request, PutFeatureRequestSchema, PutFeatureResponse, call, (state) =>
      putFeature(state, request.feature ?? create(FeatureSchema), request.expectedRevision),
    ),
  retireFeature: (request: RetireFeatureRequest, call: Call) =>
    change(request, RetireFeatureRequestSchema, RetireFeatureResponse, call, (state) =>
      retireFeature(state, request.key, request.expectedRevision),
    ),
  reviewDraft: (request: ReviewDraftRequest, call: Call) =>
    change(request, ReviewDraftRequestSchema, ReviewDraftResponse, call, (state) =>
      reviewDraft(state, request.key, request.approve, request.expectedRevision),
    ),
  putVersion: (request: PutVersionRequest, call: Call) =>
    change(request, PutVersionRequestSchema, PutVersionResponse, call, (state) =>
      putVersion(
        state,
        request.engineId,
        request.version ?? create(EngineVersionSchema),
        request.expectedRevision,
      ),
    ),
  setDefaultVersion: (request: SetDefaultVersionRequest, call: Call) =>
    change(request, SetDefaultVersionRequestSchema, SetDefaultVersionResponse, call, (state) =>
      setDefault(state, request.engineId, request.version, request.expectedRevision),
    ),
};
