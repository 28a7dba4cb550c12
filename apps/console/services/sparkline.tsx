const WIDTH = 120;
const HEIGHT = 26;

/** A figure over time, small: what it is now stands beside it, and how high it was in its name. */
export function Sparkline({
  of,
  values,
  text,
}: {
  /** `Handled a second`. */
  readonly of: string;
  readonly values: readonly number[];
  text(value: number): string;
}) {
  const last = values.at(-1) ?? 0;
  const most = Math.max(...values, 0);
  const x = (at: number) => (values.length < 2 ? WIDTH : (at / (values.length - 1)) * WIDTH);
  const y = (value: number) => HEIGHT - 2 - (most === 0 ? 0 : (value / most) * (HEIGHT - 4));
  const line = values.map((value, at) => `${x(at).toFixed(1)} ${y(value).toFixed(1)}`).join("L");
  return (
    <div className="spark">
      <span className="faint">{of}</span>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`${of}: ${text(last)} now, ${text(most)} at the most since the page looks`}
      >
        <path d={`M${line}`} />
        <circle cx={x(values.length - 1)} cy={y(last)} r="2" />
      </svg>
      <b>{text(last)}</b>
    </div>
  );
}
