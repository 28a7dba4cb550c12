import type { CoursePoint } from "./curve.ts";
import { contains, type Spot, toSegment } from "./geometry.ts";
import { fractal, spurs } from "./noise.ts";

export interface ReliefPlan {
  readonly widthKm: number;
  readonly heightKm: number;
  readonly cellKm: number;
  readonly seed: number;
  readonly roughnessM: number;
  readonly sharpness: number;
  /** [x_km, y_km, elevation_m] along crests and along floors: rivers, dales, plains. */
  readonly ridges: readonly (readonly CoursePoint[])[];
  readonly floors: readonly (readonly CoursePoint[])[];
  readonly peaks: readonly { readonly at: Spot; readonly elevationM: number }[];
  readonly lakes: readonly { readonly shore: readonly Spot[]; readonly levelM: number }[];
}

export interface Grid {
  readonly cols: number;
  readonly rows: number;
  readonly elevationM: number[];
}

const NOISE_SCALE_KM = 5.5;
const PEAK_RADIUS_KM = 2.2;
const SHORE_KM = 2.5;

/** Distance to the nearest of some lines, and their height there: every piece counts, the near ones most. */
function pull(spot: Spot, lines: readonly (readonly CoursePoint[])[]): { km: number; heightM: number } {
  let nearest = Number.POSITIVE_INFINITY;
  let heights = 0;
  let weights = 0;
  for (const line of lines) {
    for (let i = 0; i < Math.max(1, line.length - 1); i++) {
      const a = line[i]!;
      const b = line[Math.min(i + 1, line.length - 1)]!;
      const { km, along } = toSegment(spot, [a[0]!, a[1]!], [b[0]!, b[1]!]);
      const weight = (0.3 + Math.hypot(b[0]! - a[0]!, b[1]! - a[1]!)) / (km ** 4 + 0.02);
      heights += weight * (a[2]! + (b[2]! - a[2]!) * along);
      weights += weight;
      nearest = Math.min(nearest, km);
    }
  }
  return { km: nearest, heightM: heights / weights };
}

function shoreKm(spot: Spot, shore: readonly Spot[]): number {
  let km = Number.POSITIVE_INFINITY;
  for (let i = 0; i < shore.length; i++)
    km = Math.min(km, toSegment(spot, shore[i]!, shore[(i + 1) % shore.length]!).km);
  return contains(shore, spot) ? -km : km;
}

function heightAt(plan: ReliefPlan, spot: Spot): number {
  const floor = pull(spot, plan.floors);
  const ridge = pull(spot, plan.ridges);
  const slope = floor.km / (floor.km + ridge.km + 1e-9);
  const rise = slope ** plan.sharpness;
  const [x, y] = [spot[0] / NOISE_SCALE_KM, spot[1] / NOISE_SCALE_KM];
  const grain = 0.45 * fractal(x, y, plan.seed, 5) + 0.8 * spurs(x * 1.3, y * 1.3, plan.seed + 97);
  let height = floor.heightM + (ridge.heightM - floor.heightM) * rise;
  const drop = Math.max(30, ridge.heightM - floor.heightM);
  height += Math.min(plan.roughnessM, 0.45 * drop) * grain * Math.min(1, 0.05 + 1.5 * slope);
  for (const peak of plan.peaks) {
    const d = Math.hypot(spot[0] - peak.at[0], spot[1] - peak.at[1]) / PEAK_RADIUS_KM;
    if (d < 1) height += Math.max(0, peak.elevationM - height) * (1 - d) ** 1.4;
  }
  for (const lake of plan.lakes) {
    const km = shoreKm(spot, lake.shore);
    if (km <= 0) return lake.levelM;
    if (km < SHORE_KM)
      height =
        lake.levelM + (Math.max(height, lake.levelM + 2) - lake.levelM) * (0.15 + 0.85 * (km / SHORE_KM));
  }
  return height;
}

/** Heights at the centres of cells, whole metres, row by row from the north-west. */
export function drawRelief(plan: ReliefPlan): Grid {
  const cols = Math.ceil(plan.widthKm / plan.cellKm);
  const rows = Math.ceil(plan.heightKm / plan.cellKm);
  const elevationM: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++) {
      elevationM.push(Math.round(heightAt(plan, [(col + 0.5) * plan.cellKm, (row + 0.5) * plan.cellKm])));
    }
  }
  return { cols, rows, elevationM };
}
