export { effectiveLevels, termsOf, tightened } from "./effective.ts";
export { contentPolicyErrors } from "./errors.ts";
export {
  BANDS,
  CATEGORIES,
  ceilingsOf,
  LEAST,
  type Levels,
  levelsOf,
  PROFILES,
  STANDARD_PROFILE,
  UNKNOWN_AGE,
} from "./levels.ts";
export { signPolicy } from "./signing.ts";
export { type PolicyVerifier, policyVerifier } from "./verify.ts";
