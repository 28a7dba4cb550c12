import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { files } from "@orrery/schema/registry";
import { OrreryError } from "@orrery/wire";
import { cliErrors } from "../../errors.ts";
import { ROOT } from "../../root.ts";
import { joinWorkspace } from "../join-workspace.ts";
import { checkServiceName, type Place, taken } from "../service-names.ts";
import { placeHere } from "../services.ts";
import { checkNewDomain, type Contracts, domainOfId } from "./domain.ts";
import { draft } from "./put.ts";
import { serviceFiles } from "./service-files.ts";
import type { Wanted } from "./wanted.ts";

/**
 * Whether a service of this id with this domain can be made.
 * @throws SERVICE_ID_INVALID, SERVICE_ID_CLASH, CLI_NAME_TAKEN, CLI_DOMAIN_REFUSED
 */
export function checkNewService(id: string, domain: string | undefined, place: Place & Contracts): string {
  checkServiceName(id, place);
  if (place.services.includes(id)) taken(`${id}: services/${id} is that service`);
  const own = domain ?? domainOfId(id);
  checkNewDomain(own, place);
  return own;
}

/** What a new service would stand beside in this repository. */
export const placeForNew = (): Place & Contracts => ({
  ...placeHere(),
  domains: readdirSync(join(ROOT, "schema/orrery")),
  types: [...files].map(({ typeName }) => typeName),
});

/**
 * Writes a service and tries it as a start would: what does not come up is taken away again.
 * @returns the files
 * @throws SERVICE_ID_INVALID, SERVICE_ID_CLASH, CLI_NAME_TAKEN, CLI_DOMAIN_REFUSED, CLI_BAD_ARGUMENT, CLI_EXISTS, CLI_NEW_FAILED
 */
export function newService(
  asked: Omit<Wanted, "domain"> & { readonly domain: string | undefined },
): string[] {
  const { id } = asked;
  if (asked.of === "platform" && asked.snapshot)
    throw new OrreryError(cliErrors.CLI_BAD_ARGUMENT, {
      given:
        "--snapshot with --platform: who comes stands in a world, and is told what that world has taken in",
    });
  const domain = checkNewService(id, asked.domain, placeForNew());
  const folder = `services/${id}`;
  if (existsSync(join(ROOT, folder))) throw new OrreryError(cliErrors.CLI_EXISTS, { given: folder });
  const written = serviceFiles({ ...asked, domain });
  draft(ROOT, ({ write, generate, run, undo }) => {
    for (const [file, text] of Object.entries(written)) write(file, text);
    run("its layout", "node_modules/@biomejs/biome/bin/biome", "format", "--write", folder);
    generate();
    run("loading it", "apps/cli/run/scaffold/try-load.ts", id);
    run("its types", "tools/types.ts", folder);
    undo(joinWorkspace(ROOT, folder));
  });
  return Object.keys(written);
}
