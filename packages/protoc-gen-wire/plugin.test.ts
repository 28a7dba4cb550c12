import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { create, fromBinary } from "@bufbuild/protobuf";
import {
  CodeGeneratorRequestSchema,
  type CodeGeneratorResponse,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { protocGenWire } from "./mod.ts";

const root = resolve(import.meta.dirname, "../..");
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "protoc-gen-wire-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the plugin over one contract beside the schema's own options. */
function generate(body: string, others: Readonly<Record<string, string>> = {}): CodeGeneratorResponse {
  mkdirSync(join(folder, "tide/v1"), { recursive: true });
  mkdirSync(join(folder, "orrery"), { recursive: true });
  const options = execFileSync("cat", [join(root, "schema/options/orrery/options.proto")]);
  writeFileSync(join(folder, "orrery/options.proto"), options);
  const lines = ['syntax = "proto3";', "package tide.v1;", 'import "orrery/options.proto";', body];
  writeFileSync(join(folder, "tide/v1/events.proto"), lines.join("\n"));
  for (const [name, text] of Object.entries(others)) writeFileSync(join(folder, name), text);
  const set = execFileSync(join(root, "node_modules/.bin/buf"), ["build", folder, "-o", "-#format=binpb"]);
  const { file } = fromBinary(FileDescriptorSetSchema, set);
  return protocGenWire.run(
    create(CodeGeneratorRequestSchema, {
      parameter: "target=ts,import_extension=ts",
      fileToGenerate: ["orrery/options.proto", "tide/v1/events.proto", ...Object.keys(others)],
      protoFile: file,
    }),
  );
}

function content(response: CodeGeneratorResponse, name: string): string {
  return response.file.find((file) => file.name === name)?.content ?? "";
}

const event = (options: string, name = "TideChanged") => `message ${name} {
  option (orrery.event) = {${options}};
  string estuary_id = 1;
  repeated string seen_by = 2;
  double at_gs = 3 [(orrery.server_only) = true];
}`;

describe("the plugin", () => {
  test("makes a wire file, the package's face and the registry", () => {
    const response = generate(
      event('lane: LANE_STANDARD key: "estuary_id" audience: AUDIENCE_LISTED listed_field: "seen_by"'),
    );
    expect(response.file.map((file) => file.name)).toEqual(
      expect.arrayContaining([
        "tide/v1/events_wire.ts",
        "tide/v1/mod.ts",
        "registry.ts",
        "events.ts",
        "client-events.ts",
      ]),
    );
    const wire = content(response, "tide/v1/events_wire.ts");
    expect(wire).toContain('keyField: "estuaryId"');
    expect(wire).toContain('listedField: "seenBy"');
    expect(wire).toContain("serverOnly: [[3]]");
    expect(wire).toContain("redaction: $redactTideChanged");
    expect(content(response, "tide/v1/mod.ts")).toContain(
      'export { TideChanged, type TideChangedInit, TideChangedView } from "./events_wire.ts"',
    );
  });

  test("lists what is said apart from what is asked and remembered", () => {
    const response = generate(`${event("lane: LANE_BULK")} message Asked {}`);
    expect(content(response, "registry.ts")).toContain('"tide.v1.Asked"');
    expect(content(response, "events.ts")).toContain('"tide.v1.TideChanged"');
    expect(content(response, "events.ts")).not.toContain("Asked");
  });

  test("lists what clients are given apart from what services tell each other", () => {
    const response = generate(
      `${event("lane: LANE_BULK")} ${event("lane: LANE_BULK audience: AUDIENCE_WORLD", "EbbChanged")}`,
    );
    expect(content(response, "client-events.ts")).toContain('"tide.v1.EbbChanged"');
    expect(content(response, "client-events.ts")).not.toContain('"tide.v1.TideChanged"');
  });

  test("fills in how long a lane's events are kept", () => {
    const kept = (lane: string, more = "") =>
      content(generate(event(`lane: ${lane} ${more}`)), "tide/v1/events_wire.ts");
    expect(kept("LANE_REALTIME")).toContain('retention: { kind: "days", days: 7 }');
    expect(kept("LANE_BULK")).toContain('retention: { kind: "days", days: 30 }');
    expect(kept("LANE_STANDARD")).toContain('retention: { kind: "forever" }');
    expect(kept("LANE_BULK", "retention: {latest: 3}")).toContain('retention: { kind: "latest", count: 3 }');
    expect(kept("LANE_BULK", "retention: {game_days: 9}")).toContain(
      'retention: { kind: "game_days", days: 9 }',
    );
  });

  test.each(["forever: false", "days: 0", "game_days: 0", "latest: 0"])(
    "refuses to keep an event for nothing: %s",
    (kept) => {
      expect(() => generate(event(`lane: LANE_BULK retention: {${kept}}`))).toThrow(
        /TideChanged.*at least 1/,
      );
    },
  );

  test.each(["", "float at_gs = 1;", "string at_gs = 1;"])(
    "refuses game days for an event that does not say when it was said: %s",
    (fields) => {
      const body = `message Told { option (orrery.event) = {lane: LANE_BULK retention: {game_days: 7}}; ${fields} }`;
      expect(() => generate(body)).toThrow(/tide\.v1\.Told.*double at_gs/);
    },
  );

  test("gives one fingerprint to one schema, and another to another", () => {
    const print = (body: string) =>
      /fingerprint = "([0-9a-f]{16})"/.exec(content(generate(body), "fingerprint.ts"))?.[1];
    const one = print(event("lane: LANE_BULK"));
    expect(one).toMatch(/^[0-9a-f]{16}$/);
    expect(print(`// A comment changes nothing.\n${event("lane: LANE_BULK")}`)).toBe(one);
    expect(print(event("lane: LANE_STANDARD"))).not.toBe(one);
  });

  test("says of a personal field where it is and whose", () => {
    const wire = content(
      generate(`message Note { string player_id = 1; string text = 2 [(orrery.personal) = "player_id"]; }
        message Notes { oneof kind { Note one = 1; } repeated Note all = 2; double count = 3; }`),
      "tide/v1/events_wire.ts",
    );
    expect(wire).toContain('{ number: 2, name: "text", subject: "playerId" },');
    expect(wire).toContain('{ number: 1, name: "one", oneof: "kind", of: () => $personalNote },');
    expect(wire).toContain("personal: $personalNotes,");
  });

  test.each([
    ["a number", "double text = 2", /Note.text: .orrery.personal. is for string and bytes/],
    ["a map", "map<string, string> text = 2", /is for string and bytes/],
    ["a member of a oneof", "oneof kind { string text = 2", /cannot be on a member of a oneof/, "}"],
    ["an owner that is no field", "string text = 3", /no field "player" beside it; there are/, "", "player"],
    ["an owner that is itself personal", "string text = 3", /personal itself/, "", "text"],
    ["an owner that is no text", "string text = 3", /singular string field/, "", "count"],
  ])("refuses to call personal %s", (_what, field, why, close = "", owner = "player_id") => {
    const note = `message Note { string player_id = 1; double count = 9;
      ${field} [(orrery.personal) = "${owner}"]; ${close} }`;
    expect(() => generate(note)).toThrow(why);
  });

  test("refuses to call personal what an event's envelope or the index shows", () => {
    const told = (option: string) => `message Told { option (orrery.event) = {lane: LANE_BULK ${option}};
      string player_id = 1; string text = 2 [(orrery.personal) = "player_id"]; }`;
    expect(() => generate(told('key: "text"'))).toThrow(/event.\.key names/);
    expect(() => generate(told('audience: AUDIENCE_REGION region_field: "text"'))).toThrow(/region_field/);
    const indexed =
      'message Told { string player_id = 1; string text = 2 [(orrery.personal) = "player_id", (orrery.entity) = true]; }';
    expect(() => generate(indexed)).toThrow(/exclude each other/);
  });

  test.each([
    ["an event without a lane", event('key: "estuary_id"'), /TideChanged.*no lane/],
    [
      "a key that is no field",
      event('lane: LANE_BULK key: "estuary"'),
      /no field "estuary"; there are estuary_id/,
    ],
    ["a key that is a list", event('lane: LANE_BULK key: "seen_by"'), /singular scalar/],
    [
      "an audience of a region without one",
      event("lane: LANE_BULK audience: AUDIENCE_REGION"),
      /no field "region_id"/,
    ],
    ["a list of nobody", event("lane: LANE_BULK audience: AUDIENCE_LISTED"), /needs listed_field/],
    [
      "names that hide each other",
      `${event("lane: LANE_BULK", "Tide")}\nmessage TideView {}`,
      /the message tide.v1.Tide.* both to be TideView in code; rename one/,
    ],
    ["an enum that hides a view", "message Tide {} enum TideView { A = 0; }", /both to be TideView/],
    ["a message called as a descriptor", "message Tide {} message TideSchema {}", /both to be TideSchema/],
    ["a service called as a message", "message Tide {} service TideInit {}", /both to be TideInit/],
  ])("refuses %s", (_what, body, why) => {
    expect(() => generate(body)).toThrow(why);
  });

  test("refuses names that hide each other from two files of a package", () => {
    const other = 'syntax = "proto3"; package tide.v1; message TideView {}';
    expect(() => generate("message Tide {}", { "tide/v1/views.proto": other })).toThrow(
      /both to be TideView/,
    );
  });

  test.each([
    ["proto2", 'syntax = "proto2"; package tide.v1; message Old { optional int32 x = 1 [default = 5]; }'],
    ["an edition", 'edition = "2023"; package tide.v1; message Newer { int32 x = 1; }'],
  ])("refuses a file in %s by its name", (syntax, text) => {
    const name = "tide/v1/other.proto";
    expect(() => generate("message Tide {}", { [name]: text })).toThrow(
      new RegExp(`tide/v1/other.proto: is written in ${syntax}.*proto3`),
    );
  });
});
