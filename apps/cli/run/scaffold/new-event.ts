import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SnapshotService } from "@orrery/schema/router/v1";
import { files } from "@orrery/schema/registry";
import { partsOf, type ServiceDefinition } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { cliErrors } from "../../errors.ts";
import { ROOT } from "../../root.ts";
import { taken } from "../service-names.ts";
import type { Aggregate } from "@orrery/simulation/define";
import { loadService, serviceIds } from "../services.ts";
import { eventText } from "./event-text.ts";
import { draft } from "./put.ts";

const PASCAL = /^([A-Z][a-z0-9]+)+$/;
const LONGEST = 60;

/** The domain that a service speaks for: that of its state, else of its calls, else of its events. */
export function domainOf(definition: ServiceDefinition): string | undefined {
  const parts = partsOf(definition);
  const states = parts.flatMap((part) =>
    "state" in part ? [(part as unknown as Aggregate).state.root] : [],
  );
  // What every service may answer is no domain of its own.
  const calls = definition.rpc
    .map(({ service }) => service)
    .filter(({ typeName }) => typeName !== SnapshotService.typeName);
  const events = parts.flatMap((part) => part.publishes);
  return [...states, ...calls, ...events][0]?.typeName.split(".", 1)[0];
}

/**
 * Adds an event to the contract of a service.
 * @returns the file and the full name
 * @throws CLI_BAD_ARGUMENT, CLI_NAME_TAKEN, CLI_NEW_FAILED
 */
export async function newEvent(
  id: string,
  name: string,
  asked?: string,
): Promise<{ file: string; type: string }> {
  if (!PASCAL.test(name) || name.length > LONGEST)
    bad(`${name}: an event's name is PascalCase, like FloodTideBegan, of at most ${LONGEST} characters`);
  if (!serviceIds().includes(id)) bad(`${id}: there is no such service; \`orrery new service\` makes one`);
  const domain = asked ?? domainOf(await loadService(id));
  const file = `schema/orrery/${domain}/v1/events.proto`;
  if (domain === undefined || !/^[a-z][a-z0-9]*$/.test(domain) || !existsSync(join(ROOT, file)))
    bad(`${id}: there is no ${file}; say with --domain which of schema/orrery is meant`);
  const type = `${domain}.v1.${name}`;
  if ([...files].some(({ typeName }) => typeName === type)) taken(`${type} is a type already`);
  draft(ROOT, ({ write, generate }) => {
    write(file, readFileSync(join(ROOT, file), "utf8") + eventText(name));
    generate();
  });
  return { file, type };
}

function bad(given: string): never {
  throw new OrreryError(cliErrors.CLI_BAD_ARGUMENT, { given });
}
