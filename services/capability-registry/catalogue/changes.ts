import {
  type Availability,
  type Feature,
  type FeatureChangedInit,
  FeatureChangeKind,
  FeatureStatus,
} from "@orrery/schema/capability/v1";
import { isDeepStrictEqual } from "node:util";

type Told = Pick<FeatureChangedInit, "engineId" | "change" | "version" | "previous">;

/** What one engine has of a feature, for whoever is offered it. */
const shown = (feature: Feature | undefined, engineId: string): Availability | undefined =>
  feature?.status === FeatureStatus.ACTIVE
    ? feature.availability.find((one) => one.engineId === engineId)
    : undefined;

/** What a change of a feature means on each engine that it concerns; at least one. */
export function changesOf(before: Feature | undefined, after: Feature): readonly Told[] {
  const engines = [...(before?.availability ?? []), ...after.availability].map(({ engineId }) => engineId);
  const all = [...new Set(engines)].sort();
  const told = all.flatMap((engineId) => changeOn(engineId, before, after) ?? []);
  return told.length > 0 ? told : [{ engineId: all[0] ?? "", change: FeatureChangeKind.EDITED }];
}

function changeOn(engineId: string, before: Feature | undefined, after: Feature): Told | undefined {
  const [was, is] = [shown(before, engineId), shown(after, engineId)];
  const tell = (change: FeatureChangeKind, version = "", previous = "") => ({
    engineId,
    change,
    version,
    previous,
  });
  const introduced = (one: Availability | undefined) => one?.ranges.at(-1)?.introduced ?? "";
  if (was === undefined && is === undefined) return undefined;
  if (was === undefined) return tell(FeatureChangeKind.ADDED, introduced(is));
  if (is === undefined) return tell(FeatureChangeKind.REMOVED, "", introduced(was));
  const [gone, isGone] = [was.ranges.at(-1)?.removed ?? "", is.ranges.at(-1)?.removed ?? ""];
  if (isGone !== "" && isGone !== gone) return tell(FeatureChangeKind.REMOVED, isGone, gone);
  if (is.ranges.length > was.ranges.length)
    return tell(FeatureChangeKind.ADDED, introduced(is), introduced(was));
  if (is.deprecated !== "" && is.deprecated !== was.deprecated)
    return tell(FeatureChangeKind.DEPRECATED, is.deprecated, was.deprecated);
  const [last, former] = [is.enhanced.at(-1)?.version ?? "", was.enhanced.at(-1)?.version ?? ""];
  if (is.enhanced.length > was.enhanced.length) return tell(FeatureChangeKind.ENHANCED, last, former);
  const isSame = isDeepStrictEqual(was, is) && isDeepStrictEqual(bare(before), bare(after));
  return isSame ? undefined : tell(FeatureChangeKind.EDITED);
}

/** What it is on every engine. */
function bare(feature: Feature | undefined) {
  if (feature === undefined) return undefined;
  const { availability: _availability, revision: _revision, shipped: _shipped, ...rest } = feature;
  return rest;
}
