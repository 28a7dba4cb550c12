import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readConfig } from "./config.ts";

const schema = z.object({ stepMinutes: z.coerce.number().min(1).default(5) });

describe("a service's settings", () => {
  it("come from the environment under its prefix", () => {
    expect(readConfig("tide-manager", schema, { TIDE_MANAGER_STEP_MINUTES: "7", OTHER: "x" })).toEqual({
      stepMinutes: 7,
    });
  });

  it("have defaults", () => {
    expect(readConfig("tide-manager", schema, {})).toEqual({ stepMinutes: 5 });
  });

  it("refuse a name that nobody knows, and say which there are", () => {
    expect(() => readConfig("tide-manager", schema, { TIDE_MANAGER_STEP_MINUTE: "7" })).toThrow(
      /SERVICE_CONFIG_UNKNOWN.*TIDE_MANAGER_STEP_MINUTES/,
    );
  });

  it("refuse a value that cannot be used, and name the variable", () => {
    expect(() => readConfig("tide-manager", schema, { TIDE_MANAGER_STEP_MINUTES: "0" })).toThrow(
      /SERVICE_CONFIG_INVALID.*TIDE_MANAGER_STEP_MINUTES/,
    );
  });
});
