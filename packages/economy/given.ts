import type { SeasonKind } from "@orrery/schema/world/v1";

/** The sky over a place, as far as makers and roads feel it. */
export interface PlaceSky {
  /** Will of people to be outdoors, 0..1. */
  readonly outdoor: number;
  /** Factor on speed, 0..1. */
  readonly move: number;
  /** Grip underfoot, 0..1. */
  readonly traction: number;
  readonly snowMm: number;
  /** 0..1. */
  readonly drought: number;
}

export const FAIR: PlaceSky = { outdoor: 1, move: 1, traction: 1, snowMm: 0, drought: 0 };

/** How what happens in a world bears on its markets: factors, but for prices. */
export interface Sway {
  /** On what makers of a market's good bring forth. */
  make(market: number): number;
  /** On what people want. */
  use(market: number): number;
  /** Added to the logarithm of what a price is bound for. */
  price(market: number): number;
  /** On what a stretch of road carries. */
  road(link: number): number;
}

export const UNSWAYED: Sway = { make: () => 1, use: () => 1, price: () => 0, road: () => 1 };

/** What comes from outside of the markets in an hour. */
export interface Hour {
  /** Its end, game seconds. */
  readonly atGs: number;
  readonly season: SeasonKind;
  /** From 1. */
  readonly dayOfYear: number;
  sky(place: number): PlaceSky;
  /** Share of a maker's posts with somebody at work, 0..1. */
  labour(works: number): number;
  readonly sway: Sway;
  readonly luck: { uniform(): number; normal(): number };
}
