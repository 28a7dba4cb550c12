import { type ShownStep, StepStatus, UndoStatus } from "@orrery/schema/orchestration/v1";
import { word } from "../data/words.ts";
import { nameOf } from "./names.ts";

const BOX = { width: 132, height: 40, across: 24, down: 18 };
const COLOURS: Readonly<Partial<Record<StepStatus, string>>> = {
  [StepStatus.SUCCEEDED]: "var(--good)",
  [StepStatus.CACHED]: "var(--good)",
  [StepStatus.RUNNING]: "var(--cool)",
  [StepStatus.READY]: "var(--wary)",
  [StepStatus.FAILED]: "var(--bad)",
  [StepStatus.TIMED_OUT]: "var(--bad)",
  [StepStatus.COMPENSATED]: "var(--fork)",
};

/** Steps from top to bottom, each below what it needs; colour and words say the same. */
export function StepGraph({
  steps,
  chosen,
  onChoose,
}: {
  readonly steps: readonly ShownStep[];
  readonly chosen: string;
  onChoose(name: string): void;
}) {
  const whole = steps.filter(({ item }) => item === "");
  const depths = depthsOf(whole);
  const rows = new Map<number, ShownStep[]>();
  for (const step of whole) {
    const depth = depths.get(step.stepId) ?? 0;
    rows.set(depth, [...(rows.get(depth) ?? []), step]);
  }
  const widest = Math.max(1, ...[...rows.values()].map((row) => row.length));
  const [width, height] = [
    widest * (BOX.width + BOX.across) - BOX.across,
    rows.size * (BOX.height + BOX.down) - BOX.down,
  ];
  const at = new Map(
    [...rows].flatMap(([depth, row]) =>
      row.map((step, place) => {
        const left = (width - row.length * (BOX.width + BOX.across) + BOX.across) / 2;
        return [
          step.stepId,
          { x: left + place * (BOX.width + BOX.across), y: depth * (BOX.height + BOX.down) },
        ] as const;
      }),
    ),
  );
  return (
    <div style={{ position: "relative", width, height, margin: "16px 0" }}>
      <svg width={width} height={height} aria-hidden="true" style={{ position: "absolute", inset: 0 }}>
        {whole.flatMap(({ stepId, needs }) =>
          needs.map((need) => {
            const [from, to] = [at.get(need), at.get(stepId)];
            if (from === undefined || to === undefined) return null;
            const [x1, y1] = [from.x + BOX.width / 2, from.y + BOX.height];
            const [x2, y2] = [to.x + BOX.width / 2, to.y];
            const middle = (y1 + y2) / 2;
            const path = `M${x1} ${y1}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}`;
            return (
              <path key={`${need} ${stepId}`} d={path} fill="none" stroke="var(--line)" strokeWidth="1.5" />
            );
          }),
        )}
      </svg>
      {whole.map((step) => {
        const { x, y } = at.get(step.stepId) ?? { x: 0, y: 0 };
        const stuck = steps.some((one) => one.stepId === step.stepId && one.undo === UndoStatus.STUCK);
        const colour = stuck ? "var(--bad)" : (COLOURS[step.status] ?? "var(--line)");
        return (
          <button
            key={step.stepId}
            type="button"
            className="chip"
            aria-pressed={chosen === nameOf(step)}
            onClick={() => onChoose(nameOf(step))}
            style={{
              position: "absolute",
              ...{ left: x, top: y, width: BOX.width, height: BOX.height },
              border: `${step.pivot ? 3 : 1}px solid ${colour}`,
              lineHeight: 1.15,
            }}
          >
            <b>{step.stepId}</b>
            <br />
            <span className="short">{stuck ? "stuck" : word(StepStatus, step.status)}</span>
          </button>
        );
      })}
    </div>
  );
}

/** How many steps lie before each. */
function depthsOf(steps: readonly ShownStep[]): ReadonlyMap<string, number> {
  const depths = new Map<string, number>();
  const depth = (stepId: string): number => {
    const known = depths.get(stepId);
    if (known !== undefined) return known;
    const needs = steps.find((step) => step.stepId === stepId)?.needs ?? [];
    const found = needs.length === 0 ? 0 : 1 + Math.max(...needs.map(depth));
    depths.set(stepId, found);
    return found;
  };
  for (const { stepId } of steps) depth(stepId);
  return depths;
}
