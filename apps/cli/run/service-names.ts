import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { checkServiceId, checkSideBySide } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { cliErrors } from "../errors.ts";

/** Commands of `orrery` that are about no one domain. */
export const OWN_COMMANDS = [
  ...[
    "start",
    "status",
    "services",
    "sessions",
    "capabilities",
    "routes",
    "engines",
    "member",
    "dev",
    "new",
    "key",
    "cost",
    "schema",
    "bench",
    "people",
    "market",
    "factions",
    "flags",
    "players",
    "pay",
    "performance",
    "workflow",
    "events",
    "why",
    "play",
  ],
  ...["completion", "help"],
];
/** Commands that each speak of the domain they are called by. */
export const DOMAIN_COMMANDS = ["time", "weather", "bus", "state", "world"];

/** Commands that are called like the service that they are about. */
export const SERVICE_COMMANDS = ["settings"];

/** What else lies in the data folder beside a folder for each service, and who else says events. */
const TAKEN: Readonly<Record<string, string>> = {
  bus: "the log of events lies under that name in the data folder",
  worlds: "the book of worlds lies under that name in the data folder",
  operator: "whoever runs Orrery speaks under that name",
};

/** Where a service is to stand. */
export interface Place {
  /** Ids of the services that are there. */
  readonly services: readonly string[];
  /** Folders of the workspaces that are no services, by the names of their packages. */
  readonly packages: ReadonlyMap<string, string>;
}

/** Workspaces of a repository that are no services, by the names of their packages. */
export function otherPackages(root: string): ReadonlyMap<string, string> {
  const { workspaces } = manifestIn(root) as { workspaces: readonly string[] };
  const patterns = workspaces.filter((pattern) => pattern !== "services/*");
  const manifests = globSync(
    patterns.map((pattern) => `${pattern}/package.json`),
    { cwd: root },
  );
  return new Map(
    manifests.map((file) => [String(manifestIn(root, dirname(file)).name), dirname(file)] as const),
  );
}

const manifestIn = (...path: readonly string[]) =>
  JSON.parse(readFileSync(join(...path, "package.json"), "utf8")) as { readonly name?: string };

/**
 * Whether a service of this id can stand among the others: asked before one is made, and of each that is started.
 * @throws SERVICE_ID_INVALID, SERVICE_ID_CLASH, CLI_NAME_TAKEN
 */
export function checkServiceName(id: string, { services, packages }: Place): void {
  checkServiceId(id);
  const folder = packages.get(`@orrery/${id}`);
  if (folder !== undefined) taken(`${id}: @orrery/${id} is the package in ${folder}`);
  if (OWN_COMMANDS.includes(id) || DOMAIN_COMMANDS.includes(id)) taken(`${id}: orrery ${id} is a command`);
  if (Object.hasOwn(TAKEN, id)) taken(`${id}: ${TAKEN[id]}`);
  const others = services.filter((other) => other !== id);
  checkSideBySide([...others, id]);
}

export function taken(given: string): never {
  throw new OrreryError(cliErrors.CLI_NAME_TAKEN, { given });
}
