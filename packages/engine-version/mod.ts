export {
  comparePrecedence,
  isPrerelease,
  semanticVersion,
  versionRange,
} from "./precedence.ts";
export { isMoving, type MovingBranch, readEngineVersion, type Release } from "./read.ts";
