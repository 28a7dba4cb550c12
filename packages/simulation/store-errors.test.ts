import { OrreryError } from "@orrery/wire";
import { describe, expect, it } from "vitest";
import { simulationErrors } from "./errors.ts";
import { isContention, isStoreError } from "./store-errors.ts";

const coded = (fields: object): Error => Object.assign(new Error("it failed"), fields);

describe("what went wrong with a commit", () => {
  it.each([
    ["a serialization failure of PostgreSQL", coded({ code: "40001" })],
    ["a deadlock of PostgreSQL", coded({ code: "40P01" })],
    ["a busy SQLite", coded({ code: "ERR_SQLITE_ERROR", errcode: 5 })],
    ["a locked SQLite", coded({ code: "ERR_SQLITE_ERROR", errcode: 6 })],
  ])("%s is contention, and the database's", (_, error) => {
    expect([isContention(error), isStoreError(error)]).toEqual([true, true]);
  });

  it.each([
    ["a full disk of SQLite", coded({ code: "ERR_SQLITE_ERROR", errcode: 13 })],
    ["a PostgreSQL that shuts down", coded({ code: "57P01" })],
    ["a refused connection", coded({ code: "ECONNREFUSED" })],
    ["a connection that ended", new Error("Connection terminated unexpectedly")],
    ["a lease that another holds", new OrreryError(simulationErrors.WORLD_COMMIT_REFUSED, { given: "x" })],
  ])("%s is the database's, and no contention", (_, error) => {
    expect([isContention(error), isStoreError(error)]).toEqual([false, true]);
  });

  it.each([
    ["an argument of the wrong type", coded({ code: "ERR_INVALID_ARG_TYPE" })],
    ["a value out of range", coded({ code: "ERR_OUT_OF_RANGE" })],
    ["a refusal with a code of its own", new OrreryError(simulationErrors.WORLD_PARKED, { given: "x" })],
    ["a mistake of this program", new TypeError("x is not a function")],
  ])("%s is neither", (_, error) => {
    expect([isContention(error), isStoreError(error)]).toEqual([false, false]);
  });
});
