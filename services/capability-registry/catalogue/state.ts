import type { Engine, Feature, OfferedFeatureInit, Preset } from "@orrery/schema/capability/v1";
import { type Offer, offeredFeature, offerOf, type Place } from "./offer.ts";
import type { Keywords } from "./understand.ts";

/** The catalogue in memory. Features and engines are replaced, never changed. */
export interface CatalogueState {
  revision: number;
  /** In the order of their keys. */
  readonly features: ReadonlyMap<string, Feature>;
  readonly engines: ReadonlyMap<string, Engine>;
  readonly keywords: Keywords;
  /** What a place has, by key. */
  offers(place: Place): ReadonlyMap<string, Offer>;
  /** The same for who asks what there is. */
  offered(place: Place): readonly OfferedFeatureInit[];
  /** Takes over what was committed: whatever was worked out of the former is forgotten. */
  take(features: Iterable<Feature>, engines: Iterable<Engine>, revision: number): void;
}

interface Ready {
  readonly offers: ReadonlyMap<string, Offer>;
  readonly offered: readonly OfferedFeatureInit[];
}

/** Answers that are kept ready; those of sessions with features switched off are worked out each time. */
const READY_MOST = 300;

export function createState(
  givenFeatures: Iterable<Feature>,
  givenEngines: Iterable<Engine>,
  keywords: Keywords,
  givenRevision: number,
): CatalogueState {
  let features = sorted(givenFeatures);
  const engines = new Map([...givenEngines].map((engine) => [engine.engineId, engine]));
  const ready = new Map<string, Ready>();
  let revision = givenRevision;

  function workOut(place: Place): Ready {
    const offers = new Map<string, Offer>();
    for (const feature of features.values()) {
      const offer = offerOf(feature, place);
      if (offer !== undefined) offers.set(feature.key, offer);
    }
    let offered: readonly OfferedFeatureInit[] | undefined;
    return {
      offers,
      get offered() {
        return (offered ??= [...offers.values()].map((offer) => offeredFeature(offer, place.preset)));
      },
    };
  }

  function readyFor(place: Place): Ready {
    if (place.switchedOff.size > 0) return workOut(place);
    const name = nameOf(place);
    let found = ready.get(name);
    if (found === undefined) {
      if (ready.size >= READY_MOST) ready.clear();
      ready.set(name, (found = workOut(place)));
    }
    return found;
  }

  return {
    get revision() {
      return revision;
    },
    get features() {
      return features;
    },
    engines,
    keywords,
    offers: (place) => readyFor(place).offers,
    offered: (place) => readyFor(place).offered,
    take(changed, changedEngines, now) {
      const all = new Map(features);
      for (const feature of changed) all.set(feature.key, feature);
      features = sorted(all.values());
      for (const engine of changedEngines) engines.set(engine.engineId, engine);
      ready.clear();
      revision = now;
    },
  };
}

const nameOf = ({ engine, version, platform, preset }: Place): string =>
  JSON.stringify([
    engine.engineId,
    version ?? null,
    platform ?? null,
    (preset as Preset | undefined) ?? null,
  ]);

const sorted = (features: Iterable<Feature>): Map<string, Feature> =>
  new Map([...features].sort((a, b) => (a.key < b.key ? -1 : 1)).map((feature) => [feature.key, feature]));
