import { WriteResponse } from "@orrery/schema/state/v1";
import type { Job } from "./job.ts";

/** A job with a commit of its own, that gives way to those of players. */
export const alone: Job<typeof WriteResponse> = {
  owner: "",
  yields: true,
  needs: { refs: [] },
  reply: WriteResponse,
  async prepare() {},
  apply: () => ({}),
};
