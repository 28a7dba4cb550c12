export { type Definition, FOR_EVER, type See } from "./definition.ts";
export { type Makers, workflow } from "./workflow.ts";
