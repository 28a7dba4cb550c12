import type { Share } from "@orrery/schema/settings/v1";

const WHOLE = 100_000;
const percent = (weight: number) => `${((weight / WHOLE) * 100).toLocaleString("en")} %`;

/** How a split falls over the buckets, as they lie: who gets which variant, to scale. */
export function SplitBar({ shares }: { readonly shares: readonly Share[] }) {
  const said = shares.map(({ variant, weight }) => `${variant} ${percent(weight)}`).join(", ");
  const pieces = shares
    .flatMap(({ variant, ranges }, at) => ranges.map(({ from, to }) => ({ variant, at, from, to })))
    .sort((one, other) => one.from - other.from);
  return (
    <span>
      {said}
      <svg
        className="split"
        viewBox={`0 0 ${WHOLE} 8`}
        preserveAspectRatio="none"
        role="img"
        aria-label={said}
      >
        {pieces.map(({ variant, at, from, to }) => (
          <rect key={`${variant} ${from}`} x={from} y={0} width={to - from} height={8} data-share={at % 6} />
        ))}
      </svg>
    </span>
  );
}
