import type { ReactNode } from "react";
import type { Valley } from "../../data/valley.ts";
import { CHEAP, DEAR, WET } from "../../map/draw-ground.ts";
import { priceColour, temperatureColour } from "../../map/ramps.ts";
import type { Layer } from "../../map/choice.ts";
import { ControlItems } from "./control-items.tsx";
import { Ramp, Sign } from "./sign.tsx";
import { WeatherItems } from "./weather-items.tsx";

const CELSIUS = [-20, -10, 0, 10, 20, 30];
const DEARNESS = [0.5, 0.75, 1, 1.5, 2];
const PALE = "#d6ecf4";

const range = (least: number, most: number, steps: number) =>
  Array.from({ length: steps }, (_, i) => least + ((most - least) * i) / (steps - 1));

/** What the signs of a layer mean, beside the others that are on. */
export function itemsOf(layer: Layer, others: readonly string[], valley: Valley): ReactNode {
  switch (layer) {
    case "weather":
      return <WeatherItems />;
    case "temperature":
      return <Ramp colours={range(-20, 30, 11).map(temperatureColour)} marks={CELSIUS.map((c) => `${c}°`)} />;
    case "prices":
      if (!others.includes("temperature"))
        return <Ramp colours={DEARNESS.map(priceColour)} marks={["half", "as usual", "twice"]} />;
      return (
        <>
          <Sign means="dearer than usual">
            <path d="M14 3l6 10H8z" fill={DEAR} />
          </Sign>
          <Sign means="cheaper">
            <path d="M14 13l6-10H8z" fill={CHEAP} />
          </Sign>
        </>
      );
    case "wind":
      return (
        <>
          <Sign means="10 km/h">
            <path d="M8 8h10m-4-3l4 3-4 3" stroke={PALE} />
          </Sign>
          <Sign means="50 km/h and more">
            <path d="M1 8h26m-4-3l4 3-4 3" stroke={PALE} />
          </Sign>
        </>
      );
    case "ground":
      return (
        <>
          <Sign means="damp ground">
            <circle cx="14" cy="8" r="1.6" fill={WET} />
          </Sign>
          <Sign means="soaked">
            <circle cx="14" cy="8" r="4" fill={WET} />
          </Sign>
        </>
      );
    case "chart":
      return (
        <>
          <Sign means="cold front">
            <path d="M1 11h26" stroke="#70a8e0" strokeWidth="2" />
            <path d="M4 11l4-7 4 7zM15 11l4-7 4 7z" fill="#70a8e0" />
          </Sign>
          <Sign means="warm front">
            <path d="M1 11h26" stroke="#e2705c" strokeWidth="2" />
            <path d="M4 11a4 4 0 018 0zM15 11a4 4 0 018 0z" fill="#e2705c" />
          </Sign>
          <li>
            <b className="cool">H</b> high pressure
          </li>
          <li>
            <b style={{ color: "#e27860" }}>L</b> low
          </li>
        </>
      );
    case "roads":
      return (
        <>
          <Sign means="road">
            <path d="M1 8h26" stroke="#dec696" strokeWidth="2" />
          </Sign>
          <Sign means="track">
            <path d="M1 8h26" stroke="#dec696" strokeDasharray="5 3" />
          </Sign>
          <Sign means="path">
            <path d="M1 8h26" stroke="#dec696" strokeDasharray="2 3" />
          </Sign>
          <Sign means="closed">
            <circle cx="14" cy="8" r="6" stroke="#e58a70" strokeWidth="1.6" />
            <path d="M11 8h6" stroke="#e58a70" strokeWidth="1.6" />
          </Sign>
        </>
      );
    case "control":
      return <ControlItems valley={valley} />;
    case "people":
      return (
        <>
          <Sign means="somebody awake">
            <circle cx="14" cy="8" r="3" fill="#f4deb0" />
          </Sign>
          <Sign means="on the way">
            <circle cx="14" cy="8" r="4" fill="#fff1c9" stroke="#8a6a2c" />
          </Sign>
        </>
      );
    case "names":
      return (
        <>
          <Sign means="settlement">
            <circle cx="14" cy="8" r="2.4" fill="#f4ead2" />
          </Sign>
          <Sign means="peak, height in m">
            <path d="M14 4l4.5 8h-9z" fill="#f4ead2" />
          </Sign>
        </>
      );
  }
}
