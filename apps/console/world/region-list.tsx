import type { Region } from "@orrery/schema/world/v1";
import { type KeyboardEvent, useRef, useState } from "react";
import { go, usePlace } from "../data/link.ts";
import { useObservable } from "../data/observable.ts";
import type { Valley } from "../data/valley.ts";
import { warningsOf } from "../data/warnings.ts";
import { ARROWS, toward } from "./toward.ts";

/** The map for the keyboard: Tab comes to it, arrows go over the land, Enter chooses. */
export function RegionList({
  valley,
  onFocus,
}: {
  readonly valley: Valley;
  onFocus(regionId: string | undefined): void;
}) {
  const place = usePlace();
  useObservable(valley.revision);
  const regions = useObservable(valley.pack)?.land?.regions ?? [];
  const warnings = warningsOf(valley.alerts.values());
  const list = useRef<HTMLDivElement>(null);
  const [reached, setReached] = useState<string>();
  const entry = [reached, place.region].find((id) => regions.some((region) => region.id === id));

  function onKey(event: KeyboardEvent, region: Region): void {
    const arrow = ARROWS[event.key];
    if (event.key === "Enter" || event.key === " ") go({ region: region.id });
    else if (arrow !== undefined)
      list.current?.querySelector<HTMLElement>(`[data-id="${toward(regions, region, arrow).id}"]`)?.focus();
    else return;
    event.preventDefault();
  }

  return (
    <div ref={list} className="by-key" role="listbox" aria-label="Regions of the map">
      {regions.map((region, at) => {
        const { id, name } = region;
        const warning = warnings.get(id);
        return (
          <div
            key={id}
            role="option"
            className="chip"
            data-id={id}
            tabIndex={id === (entry ?? regions[0]?.id) ? 0 : -1}
            aria-selected={place.region === id}
            aria-setsize={regions.length}
            aria-posinset={at + 1}
            onFocus={() => {
              setReached(id);
              onFocus(id);
            }}
            onBlur={() => onFocus(undefined)}
            onClick={() => go({ region: id })}
            onKeyDown={(event) => onKey(event, region)}
          >
            {warning === undefined ? name : `${name}, ${warning.words}`}
          </div>
        );
      })}
    </div>
  );
}
