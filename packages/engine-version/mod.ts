export {
  comparePrecedence,
  isPrerelease,
  isVersionRange,
  isWithin,
  semanticVersion,
} from "./precedence.ts";
export { isMoving, type MovingBranch, readEngineVersion, type Release } from "./read.ts";
