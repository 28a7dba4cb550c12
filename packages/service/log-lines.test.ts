import { OrreryError } from "@orrery/wire";
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { serviceErrors } from "./errors.ts";
import { createLogger } from "./log.ts";
import { readableLines } from "./log-lines.ts";

function logged(say: (log: pino.Logger) => void, colours = false): string {
  let text = "";
  say(
    createLogger(
      "debug",
      readableLines((line) => (text += line), colours),
    ).child({ service: "time-manager" }),
  );
  return text;
}

describe("a log on a terminal", () => {
  it("is one line for people: when, how bad, who, what, about what", () => {
    const line = logged((log) => log.warn({ world: "vale", count: 3 }, "it stands"));
    expect(line).toMatch(/^\d\d:\d\d:\d\d warn time-manager: it stands {2}world=vale count=3\n$/);
  });

  it("tells an error that has a code without a stack, and any other with one", () => {
    const coded = new OrreryError(serviceErrors.SERVICE_NOT_READY, { given: "it starts" });
    expect(logged((log) => log.error({ err: coded }, "no"))).toMatch(
      /no \(SERVICE_NOT_READY: .*it starts.*\)\n$/,
    );
    expect(logged((log) => log.error({ err: new TypeError("odd") }, "no"))).toMatch(
      /TypeError: odd\n {4}at /,
    );
    expect(logged((log) => log.warn({ err: new TypeError("odd") }, "no"))).toMatch(/no \(odd\)\n$/);
  });

  it("shows no secrets, and what is none of its own lines as it is", () => {
    expect(logged((log) => log.warn({ token: "abc" }, "m"))).not.toContain("abc");
    let text = "";
    readableLines((line) => (text += line), true).write("plain words\n");
    expect(text).toBe("plain words\n");
    expect(logged((log) => log.error("m"), true)).toContain("\u001b[31merror\u001b[0m");
  });
});
