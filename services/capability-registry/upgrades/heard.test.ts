import { create } from "@bufbuild/protobuf";
import { Channel, FeatureChangeKind, FeatureStatus } from "@orrery/schema/capability/v1";
import {
  Channel as SeenOn,
  FeatureChange,
  PromotedFeatureSchema,
  UpgradeAdvancedSchema,
  VersionDetectedSchema,
} from "@orrery/schema/engine/v1";
import { beforeEach, expect, it } from "vitest";
import { has } from "../catalogue/available.ts";
import { readShipped } from "../catalogue/shipped.ts";
import { createState } from "../catalogue/state.ts";
import type { Decided } from "../catalogue/writer.ts";
import { detected, promoted } from "./heard.ts";

const shipped = readShipped();
const begin = () => createState(shipped.features.values(), shipped.engines.values(), shipped.keywords, 1);
let state: ReturnType<typeof begin>;
beforeEach(() => {
  state = begin();
});
/** As the writer does it. */
const take = (decided: Decided) => {
  state.take(decided.features, decided.engines, state.revision + decided.told.length);
  return decided.told.map(({ key, change, version }) => `${key} ${change} ${version ?? ""}`);
};
const version = (text: string) => ({ text });
const seen = (text: string, rest: object = {}) =>
  create(VersionDetectedSchema, {
    ...{ subjectId: "unreal-engine", version: version(text), channel: SeenOn.STABLE, ...rest },
  });
const through = (features: readonly object[], toVersion = "5.8.0", subjectId = "unreal-engine") =>
  create(UpgradeAdvancedSchema, {
    ...{ subjectId, toVersion: version(toVersion) },
    features: features.map((one) => create(PromotedFeatureSchema, { since: "5.8.0", ...one })),
  });
const engine = () => state.engines.get("unreal-engine");

it("knows a version as soon as it was seen, and its withdrawal, each once", () => {
  expect(take(detected(state, seen("5.8.0", { releasedMs: 7 })))).toEqual([
    `unreal-engine ${FeatureChangeKind.EDITED} 5.8.0`,
  ]);
  expect(engine()?.versions.at(-1)).toMatchObject({
    version: "5.8.0",
    channel: Channel.STABLE,
    releasedMs: 7,
  });
  expect(take(detected(state, seen("5.8.0")))).toEqual([]);
  expect(take(detected(state, seen("5.8.0", { withdrawn: true })))).toEqual([
    `unreal-engine ${FeatureChangeKind.WITHDRAWN} 5.8.0`,
  ]);
  expect(engine()?.defaultVersion).toBe("5.6.1");
});

it("is not concerned with what is no engine here", () => {
  for (const subjectId of ["node", "constructor", "__proto__", ""]) {
    expect(detected(state, seen("24.0.0", { subjectId })).told).toEqual([]);
    expect(promoted(state, through([], "24.0.0", subjectId)).told).toEqual([]);
  }
});

it("takes the new version as default, and each approved change where it stands, once", () => {
  const event = through([
    { featureKey: "megalights", change: FeatureChange.ENHANCED, what: "more lights" },
    { featureKey: "control_rig", change: FeatureChange.DEPRECATED },
    { featureKey: "path_tracer", change: FeatureChange.REMOVED },
    { featureKey: "nanite_virtualized_geometry", change: FeatureChange.INTRODUCED },
  ]);
  expect(take(promoted(state, event))).toEqual([
    `unreal-engine ${FeatureChangeKind.DEFAULT_VERSION} 5.8.0`,
    `megalights ${FeatureChangeKind.ENHANCED} 5.8.0`,
    `control_rig ${FeatureChangeKind.DEPRECATED} 5.8.0`,
    `path_tracer ${FeatureChangeKind.REMOVED} 5.8.0`,
  ]);
  expect(engine()?.defaultVersion).toBe("5.8.0");
  const tracer = state.features.get("path_tracer");
  if (tracer === undefined) throw new Error("there is no path tracer");
  expect([has(tracer, "unreal-engine", "5.7.0"), has(tracer, "unreal-engine", "5.8.0")]).toEqual([
    true,
    false,
  ]);
  expect(take(promoted(state, event))).toEqual([]);
  const back = through(
    [{ featureKey: "path_tracer", change: FeatureChange.INTRODUCED, since: "5.9.0" }],
    "5.9.0",
  );
  take(promoted(state, back));
  expect(state.features.get("path_tracer")?.availability[0]?.ranges).toHaveLength(2);
});

it("makes a draft of a feature that nobody knows, which is offered to nobody, and nothing of other words on it", () => {
  const change = FeatureChange.INTRODUCED;
  const told = take(
    promoted(state, through([{ featureKey: "sky_lanterns", change, what: "Adds lanterns" }])),
  );
  expect(told).toContain(`sky_lanterns ${FeatureChangeKind.EDITED} `);
  expect(state.features.get("sky_lanterns")).toMatchObject({
    ...{ status: FeatureStatus.DRAFT, description: "Adds lanterns" },
  });
  const others = [FeatureChange.ENHANCED, FeatureChange.REMOVED, FeatureChange.DEPRECATED];
  for (const other of others)
    expect(promoted(state, through([{ featureKey: "nobody", change: other }])).features).toEqual([]);
  expect(promoted(state, through([{ featureKey: "no key!", change }])).features).toEqual([]);
  expect(promoted(state, through([{ featureKey: "odd", change, since: "soon" }])).features).toEqual([]);
});
