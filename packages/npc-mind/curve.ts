import { Curve } from "@orrery/schema/world/v1";

/** Near 0 and 1 a logit has no end. */
const EDGE = 1e-6;
const within = (x: number) => Math.min(1, Math.max(0, x));

/** What a consideration makes of x, 0..1. */
export function through(curve: Curve, slope: number, centre: number, x: number): number {
  switch (curve) {
    case Curve.POWER:
      return within(x ** slope);
    case Curve.LOGISTIC:
      return 1 / (1 + Math.exp(-slope * (x - centre)));
    case Curve.LOGIT: {
      const inner = Math.min(1 - EDGE, Math.max(EDGE, x));
      return within(centre + slope * Math.log(inner / (1 - inner)));
    }
    default:
      return within(slope * x + centre);
  }
}
