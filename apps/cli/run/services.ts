import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ServiceDefinition } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { cliErrors } from "../errors.ts";
import { ROOT } from "../root.ts";
import { checkServiceName, otherPackages, type Place } from "./service-names.ts";

export const SERVICES_FOLDER = join(ROOT, "services");

/** Ids of the services that are there: a folder with a `service.ts` is in the world. */
export function serviceIds(folder = SERVICES_FOLDER): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && readdirSync(join(folder, entry.name)).includes("service.ts"))
    .map((entry) => entry.name)
    .sort();
}

/** What stands in this repository beside a service that comes to it. */
export const placeHere = (): Place => ({ services: serviceIds(), packages: otherPackages(ROOT) });

/**
 * @param version differs to load an edited service anew
 * @throws SERVICE_ID_INVALID, SERVICE_ID_CLASH, CLI_NAME_TAKEN, CLI_SERVICE_FOLDER
 */
export async function loadService(id: string, version = ""): Promise<ServiceDefinition> {
  const url = pathToFileURL(join(SERVICES_FOLDER, id, "service.ts")).href;
  const module = (await import(version === "" ? url : `${url}?v=${version}`)) as { default?: unknown };
  return takeIn(id, module.default, placeHere());
}

/**
 * What a folder's `service.ts` gave, if it is a service that can stand there.
 * @throws SERVICE_ID_INVALID, SERVICE_ID_CLASH, CLI_NAME_TAKEN, CLI_SERVICE_FOLDER
 */
export function takeIn(folder: string, given: unknown, place: Place): ServiceDefinition {
  const definition = given as Partial<ServiceDefinition> | undefined;
  if (definition?.id !== folder)
    throw new OrreryError(cliErrors.CLI_SERVICE_FOLDER, {
      given: `services/${folder}/service.ts exports ${definition?.id === undefined ? "none" : JSON.stringify(definition.id)}`,
    });
  checkServiceName(folder, place);
  return definition as ServiceDefinition;
}

/** The journal first, so that it hears of everything; the door last, when all that it asks is there. */
export async function loadServices(): Promise<ServiceDefinition[]> {
  const place = (id: string) => (id === "event-bus" ? 0 : id === "router" ? 2 : 1);
  const ids = serviceIds().sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
  return Promise.all(ids.map((id) => loadService(id)));
}
