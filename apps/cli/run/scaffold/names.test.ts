import { defineService } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { EXIT, exitOf } from "../../exit.ts";
import { createProgram } from "../../program.ts";
import { DOMAIN_COMMANDS, OWN_COMMANDS, SERVICE_COMMANDS } from "../service-names.ts";
import { loadService, takeIn } from "../services.ts";
import { domainOfId } from "./domain.ts";
import { oddNames, TO_COME } from "./names.testing.ts";
import { domainOf, newEvent } from "./new-event.ts";
import { checkNewService, placeForNew } from "./new-service.ts";
import { serviceFiles } from "./service-files.ts";

const here = placeForNew();
const THERE = [
  ...["capability-registry", "event-bus", "npc-behavior", "orchestration", "payment", "performance-mode"],
  ...["router", "settings", "state-manager", "time-manager", "ue-version-monitor", "weather-manager"],
  "world-state",
];
const ODD = oddNames(1, 300);

const thrown = (act: () => unknown): OrreryError | undefined => {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof OrreryError) return error;
    throw error;
  }
};
const refusal = (id: string, domain?: string, place = here) =>
  thrown(() => checkNewService(id, domain, place));
/** What a start says of a folder of this name with a service of this id. */
const atStart = (id: string) => thrown(() => takeIn(id, defineService({ id, summary: "Is tried." }), here));

describe("the name of a new service", () => {
  it.each(THERE)("is not that of one that is there: %s", (id) => {
    expect(refusal(id, "tide")?.message).toMatch(
      `CLI_NAME_TAKEN: The name is somebody else's (${id}: services/${id}`,
    );
  });

  it("may be any of those to come, one beside the other, whichever comes first", () => {
    for (const ids of [Object.keys(TO_COME), Object.keys(TO_COME).reverse()]) {
      const place = { ...here, services: [...here.services], domains: [...here.domains] };
      for (const id of ids) {
        const domain = checkNewService(id, TO_COME[id], place);
        place.services.push(id);
        place.domains.push(domain);
      }
    }
  });

  it("names the contract that its first word would be, and says how to take another", () => {
    expect(refusal("world-keeper")?.message).toMatch(/CLI_NAME_TAKEN.*schema\/orrery\/world .*--domain/);
    expect(refusal("hour-watcher")?.message).toMatch(/CLI_NAME_TAKEN.*time\.v1\.HourChanged.*--domain/);
    expect(refusal("story-writer", undefined, { ...here, domains: ["story"] })?.message).toMatch(/--domain/);
    expect(exitOf(refusal("world-keeper") as OrreryError)).toBe(EXIT.refused);
    for (const id of ["world-keeper", "hour-watcher"]) expect(refusal(id, "tide")).toBeUndefined();
  });

  it("is none whose settings would be another's as well, whichever of both comes first", () => {
    for (const [id, there] of [
      ["state", "state-manager"],
      ["story", "story-teller"],
      ["router-two", "router"],
      ["npc-behavior-two", "npc-behavior"],
    ] as const)
      expect(refusal(id, "tide", { ...here, services: [there] })?.code).toMatch(
        /SERVICE_ID_CLASH|CLI_NAME_TAKEN/,
      );
    expect(refusal("storyteller", "staging", { ...here, services: ["story-teller"] })).toBeUndefined();
  });

  it.each([
    ["class-manager", /CLI_DOMAIN_REFUSED.*"class".*TypeScript.*--domain/],
    ["message-board", /CLI_DOMAIN_REFUSED.*"message".*contracts/],
    ["snapshot-keeper", /CLI_DOMAIN_REFUSED.*"snapshot".*snapshot\.ts/],
    ["key-keeper", /CLI_DOMAIN_REFUSED.*orrery key/],
    ["con-artist", /CLI_DOMAIN_REFUSED.*Windows/],
    ["a".repeat(52), /SERVICE_ID_INVALID.*52 characters, at most 40/],
    ["a".repeat(300), /SERVICE_ID_INVALID.*"a{60}…".*300 characters/],
    ["tide-", /SERVICE_ID_INVALID.*"tide-".*dashes/],
    ["client", /CLI_NAME_TAKEN.*packages\/client/],
    ["bus", /CLI_NAME_TAKEN/],
    ["operator", /CLI_NAME_TAKEN.*runs Orrery/],
    ["start", /CLI_NAME_TAKEN.*orrery start/],
    ["node-extra", /SERVICE_ID_INVALID.*NODE_EXTRA_.*NODE_EXTRA_CA_CERTS/],
    ["constructor", /SERVICE_ID_INVALID.*JavaScript/],
  ] as const)("is taken or refused for a reason that is said: %s", (id, words) => {
    expect(refusal(id)?.message).toMatch(words);
  });
});

describe("the domain of a new service", () => {
  const words = Array.from(
    { length: ts.SyntaxKind.LastFutureReservedWord - ts.SyntaxKind.FirstReservedWord + 1 },
    (_, at) => ts.tokenToString(ts.SyntaxKind.FirstReservedWord + at) as string,
  );

  it("is no reserved word, and another one helps", () => {
    for (const word of [
      ...words,
      "await",
      "arguments",
      "eval",
      "undefined",
      "message",
      "repeated",
      "string",
    ]) {
      expect(refusal(`${word}-keeper`)?.code, word).toBe("CLI_DOMAIN_REFUSED");
      expect(refusal("tide-manager", word)?.code, word).toBe("CLI_DOMAIN_REFUSED");
      expect(refusal(`${word}-keeper`, "tide"), word).toBeUndefined();
    }
  });

  it("gives code in which each name stands for one thing", () => {
    const candidates = [
      ...ODD.map(domainOfId),
      ...Object.values(TO_COME),
      ..."performance process global type of get set as is any level world event".split(" "),
    ];
    for (const domain of candidates) {
      if (domain === undefined || refusal("tide-manager", domain) !== undefined) continue;
      for (const of of ["world", "platform"] as const) {
        const files = serviceFiles({ id: "tide-manager", domain, of, rpc: true, snapshot: of === "world" });
        for (const [file, text] of Object.entries(files))
          if (file.endsWith(".ts")) expect(twiceIn(text), `${domain}: ${file}`).toEqual([]);
      }
    }
  });
});

it("a name that no service can have is refused at a start too, by the same code, and the other way round", () => {
  const names = [...ODD, ...THERE, ...Object.keys(TO_COME), ...ODD.map((name) => `${name}-keeper`)];
  let accepted = 0;
  for (const id of names) {
    const before = refusal(id, "tide");
    const after = atStart(id);
    if (THERE.includes(id)) expect(after, id).toBeUndefined();
    else expect(after?.code, JSON.stringify(id)).toBe(before?.code);
    if (after === undefined) accepted += 1;
  }
  expect(accepted).toBeGreaterThan(100);
  expect(names.length - accepted).toBeGreaterThan(200);
});

describe("a new event", () => {
  it.each([
    ["event-bus", "bus"],
    ["router", "router"],
    ["state-manager", "state"],
    ["time-manager", "time"],
    ["weather-manager", "weather"],
  ])("of %s goes to the contract of its own domain, %s", async (id, domain) => {
    expect(domainOf(await loadService(id))).toBe(domain);
  });

  it.each([
    ["time-manager", "HourChanged", undefined, /CLI_NAME_TAKEN.*time\.v1\.HourChanged/, EXIT.refused],
    ["time-manager", "WorldClock", undefined, /CLI_NAME_TAKEN.*time\.v1\.WorldClock/, EXIT.refused],
    ["time-manager", "hourChanged", undefined, /CLI_BAD_ARGUMENT.*PascalCase/, EXIT.usage],
    ["time-manager", `A${"a".repeat(60)}`, undefined, /CLI_BAD_ARGUMENT.*60 characters/, EXIT.usage],
    ["time-manager", "TideTurned", "tide", /CLI_BAD_ARGUMENT.*schema\/orrery\/tide.*--domain/, EXIT.usage],
    ["time-manager", "TideTurned", "../time", /CLI_BAD_ARGUMENT/, EXIT.usage],
    ["nobody", "TideTurned", undefined, /CLI_BAD_ARGUMENT.*no such service/, EXIT.usage],
  ])("of %s, called %s, in the domain %s, is refused", async (id, name, domain, words, exit) => {
    const error: unknown = await newEvent(id, name, domain).catch((thrown: unknown) => thrown);
    expect(String(error)).toMatch(words);
    expect(exitOf(error as OrreryError)).toBe(exit);
  });
});

it("a folder that holds another service, or none, is no service", () => {
  const tide = defineService({ id: "tide-manager", summary: "Is tried." });
  expect(thrown(() => takeIn("moon", tide, here))?.message).toMatch(
    /CLI_SERVICE_FOLDER.*services\/moon.*"tide-manager"/,
  );
  expect(thrown(() => takeIn("moon", undefined, here))?.message).toMatch(/CLI_SERVICE_FOLDER.*exports none/);
});

it("the commands that no service may be called by are those of the tree", () => {
  const tree = createProgram().commands.map((command) => command.name());
  expect([...OWN_COMMANDS, ...DOMAIN_COMMANDS, ...SERVICE_COMMANDS].sort()).toEqual([...tree, "help"].sort());
  expect(here.domains).toEqual(expect.arrayContaining(DOMAIN_COMMANDS));
});

/** Names that a file of code gives at its top more than once, or that are no names. */
function twiceIn(text: string): readonly string[] {
  const source = ts.createSourceFile("tried.ts", text, ts.ScriptTarget.Latest, true);
  const names: string[] = [];
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement)) {
      const { importClause: clause } = statement;
      if (clause?.name) names.push(clause.name.text);
      if (clause?.namedBindings && ts.isNamedImports(clause.namedBindings))
        names.push(...clause.namedBindings.elements.map(({ name }) => name.text));
    } else if (ts.isVariableStatement(statement))
      names.push(...statement.declarationList.declarations.map(({ name }) => name.getText()));
    else if (ts.isFunctionDeclaration(statement)) names.push(statement.name?.text ?? "");
  }
  const broken = (source as unknown as { parseDiagnostics: readonly ts.Diagnostic[] }).parseDiagnostics;
  return [
    ...names.filter((name, at) => names.indexOf(name) !== at),
    ...broken.map(({ messageText }) => String(messageText)),
  ];
}
