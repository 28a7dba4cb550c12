import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ServiceDefinition } from "@orrery/service";
import { ROOT } from "../root.ts";

export const SERVICES_FOLDER = join(ROOT, "services");

/** Ids of the services that are there: a folder with a `service.ts` is in the world. */
export function serviceIds(folder = SERVICES_FOLDER): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && readdirSync(join(folder, entry.name)).includes("service.ts"))
    .map((entry) => entry.name)
    .sort();
}

/** @param version differs to load an edited service anew */
export async function loadService(id: string, version = ""): Promise<ServiceDefinition> {
  const url = pathToFileURL(join(SERVICES_FOLDER, id, "service.ts")).href;
  const module = (await import(version === "" ? url : `${url}?v=${version}`)) as {
    default: ServiceDefinition;
  };
  return module.default;
}

/** The journal first, so that it hears of everything; the door last, when all that it asks is there. */
export async function loadServices(): Promise<ServiceDefinition[]> {
  const place = (id: string) => (id === "event-bus" ? 0 : id === "router" ? 2 : 1);
  const ids = serviceIds().sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
  return Promise.all(ids.map((id) => loadService(id)));
}
