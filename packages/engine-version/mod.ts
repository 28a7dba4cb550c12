export {
  comparePrecedence,
  isPrerelease,
  semanticVersion,
  versionRange,
} from "./precedence.ts";
export { partsOf, type VersionParts } from "./parts.ts";
export {
  channelOf,
  isMoving,
  type MovingBranch,
  readEngineVersion,
  type Release,
  type ReleaseChannel,
} from "./read.ts";
