import {
  type DiffRequest,
  FeatureService,
  type ForVersionRequest,
  type ListFeaturesRequest,
  type MatrixRequest,
  Preset,
} from "@orrery/schema/capability/v1";
import { type Call, pageAsked, pageOf, serve } from "@orrery/service";
import { availabilityOn, has, isOnPlatform } from "../catalogue/available.ts";
import { mustFeature } from "../catalogue/decide.ts";
import { differ } from "../catalogue/differ.ts";
import { engineCalled, knownVersion, offeredVersion } from "../catalogue/engines.ts";
import { FEATURE_FIELDS, lookAtFeature } from "../catalogue/fields.ts";
import type { Place } from "../catalogue/offer.ts";
import { catalogue } from "../catalogue/part.ts";
import { holds } from "../filter/evaluate.ts";
import { parseFilter } from "../filter/parse.ts";
import { write } from "./catalogue-writes.ts";
import { placeOf } from "./place.ts";
import { check, suggest } from "./suggestions.ts";

const NOTHING_OFF: ReadonlySet<string> = new Set();

/** A page of what a place has. */
function offeredPage(place: Place, request: { pageSize: number; pageToken: string }, call: Call) {
  const { state } = call.part(catalogue);
  const { engine, version, platform, preset, switchedOff } = place;
  const query = ["offered", engine.engineId, version, platform, preset, [...switchedOff], state.revision];
  const page = pageOf(state.offered(place), pageAsked(request, query, ["number"]));
  return {
    features: page.items,
    nextPageToken: page.nextPageToken,
    engineId: engine.engineId,
    version: version ?? "",
    withdrawn: engine.versions.find((one) => one.version === version)?.withdrawn ?? false,
    catalogueRevision: state.revision,
  };
}

export const featureRpc = serve(FeatureService, {
  suggest,
  check,
  ...write,
  listEngines(request, call: Call) {
    const { state } = call.part(catalogue);
    const engines = [...state.engines.values()].sort((a, b) => (a.engineId < b.engineId ? -1 : 1));
    const page = pageOf(engines, pageAsked(request, ["engines", state.revision], ["number"]));
    return { engines: page.items, nextPageToken: page.nextPageToken, catalogueRevision: state.revision };
  },
  listFeatures(request: ListFeaturesRequest, call: Call) {
    const { state } = call.part(catalogue);
    const filter = parseFilter(request.filter, FEATURE_FIELDS);
    const found = [...state.features.values()].filter(
      (feature) => filter === undefined || holds(filter, lookAtFeature(feature)),
    );
    const page = pageOf(found, pageAsked(request, ["features", request.filter, state.revision], ["number"]));
    return { features: page.items, nextPageToken: page.nextPageToken, catalogueRevision: state.revision };
  },
  getFeature({ key }, call: Call) {
    const { state } = call.part(catalogue);
    return { feature: mustFeature(state, key), catalogueRevision: state.revision };
  },
  forVersion(request: ForVersionRequest, call: Call) {
    const { state } = call.part(catalogue);
    const { engineId, previews, platform, preset } = request;
    const engine = engineCalled(state.engines, engineId);
    const { version } = knownVersion(engine, request.version);
    const place = {
      engine,
      version: offeredVersion(engine, version, previews),
      platform: platform === "" ? undefined : platform,
      preset: preset === Preset.UNSPECIFIED ? undefined : preset,
      switchedOff: NOTHING_OFF,
    };
    return offeredPage(place, request, call);
  },
  async forSession(request, call: Call) {
    const { state } = call.part(catalogue);
    const about = { engineId: "", version: "", platform: "" };
    return offeredPage(await placeOf(state, { ...request, ...about }, call), request, call);
  },
  diff({ engineId, from, to }: DiffRequest, call: Call) {
    const { state } = call.part(catalogue);
    const engine = engineCalled(state.engines, engineId);
    const [a, b] = [knownVersion(engine, from).version, knownVersion(engine, to).version];
    return {
      ...differ(state.features.values(), engine.engineId, a, b),
      from: a,
      to: b,
      catalogueRevision: state.revision,
    };
  },
  matrix(request: MatrixRequest, call: Call) {
    const { state } = call.part(catalogue);
    const engine = engineCalled(state.engines, request.engineId);
    const { engineId } = engine;
    const asked = knownVersion(engine, request.version).version;
    const version = offeredVersion(engine, asked, request.previews) ?? "";
    const ofEngine = [...state.features.values()].filter((feature) => availabilityOn(feature, engineId));
    const platforms = [
      ...new Set(ofEngine.flatMap((feature) => availabilityOn(feature, engineId)?.platforms ?? [])),
    ].sort();
    const rows = ofEngine
      .filter((feature) => version !== "" && has(feature, engineId, version))
      .map((feature) => {
        const own = availabilityOn(feature, engineId);
        const leastPresets = platforms.map((platform) =>
          own !== undefined && isOnPlatform(own, platform) ? own.leastPreset : Preset.UNSPECIFIED,
        );
        return { key: feature.key, leastPresets };
      });
    const query = ["matrix", engineId, version, state.revision];
    const page = pageOf(rows, pageAsked(request, query, ["number"]));
    return {
      platforms,
      rows: page.items,
      nextPageToken: page.nextPageToken,
      version,
      catalogueRevision: state.revision,
    };
  },
});
