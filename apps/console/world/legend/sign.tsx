import type { ReactNode } from "react";

/** One sign of the map and what it means. */
export function Sign({ means, children }: { readonly means: string; readonly children: ReactNode }) {
  return (
    <li>
      <svg viewBox="0 0 28 16" aria-hidden="true">
        {children}
      </svg>
      {means}
    </li>
  );
}

/** Colours from one end to the other, with what they are at some points. */
export function Ramp({
  colours,
  marks,
}: {
  readonly colours: readonly (readonly [number, number, number])[];
  readonly marks: readonly string[];
}) {
  const stops = colours.map((colour) => `rgb(${colour.map(Math.round).join()})`).join();
  return (
    <li className="ramp">
      <i aria-hidden="true" style={{ background: `linear-gradient(90deg,${stops})` }} />
      <span>
        {marks.map((mark) => (
          <span key={mark}>{mark}</span>
        ))}
      </span>
    </li>
  );
}
