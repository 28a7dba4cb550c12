import type { ShownStep } from "@orrery/schema/orchestration/v1";

/** A step, or one item of it: `items/3`. */
export const nameOf = ({ stepId, item }: Pick<ShownStep, "stepId" | "item">): string =>
  item === "" ? stepId : `${stepId}/${item}`;
