import { isDevice } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { cliErrors } from "../../errors.ts";
import { OWN_COMMANDS, taken } from "../service-names.ts";
import { contractNames } from "./service-files.ts";

/*
 * A domain is the package of a service's contract (`tide` of `tide.v1.TideChanged`), a folder below schema/orrery, and a
 * file of the service.
 */

const PLAIN = /^[a-z][a-z0-9]*$/;
const LONGEST_DOMAIN = 32;
const SHOWN = 60;

/** Words that a module of TypeScript cannot use as a name. */
const RESERVED = new Set(
  [
    "break case catch class const continue debugger default delete do else enum export extends false finally for",
    "function if import in instanceof new null return super switch this throw true try typeof var void while with",
    "implements interface let package private protected public static yield await arguments eval undefined",
  ].flatMap((line) => line.split(" ")),
);
/** Words of the language of contracts. */
const PROTOBUF = new Set(
  [
    "syntax edition import weak public package option optional required repeated reserved message enum service rpc",
    "returns stream extend extensions oneof map group max to inf nan true false double float int32 int64 uint32",
    "uint64 sint32 sint64 fixed32 fixed64 sfixed32 sfixed64 bool string bytes google",
  ].flatMap((line) => line.split(" ")),
);
/** Files of a service that are called the same in each, or that tools look for. */
const FILES = new Set(["service", "rpc", "snapshot", "store", "config", "errors", "migrations"]);
const TOOLS_FILES = new Set(["test", "testing", "index", "mod", "catalogue"]);
const GENERATED = new Set(["orrery", "registry", "gen", "options"]);

/** What is said already. */
export interface Contracts {
  /** Folders below schema/orrery. */
  readonly domains: readonly string[];
  /** Full names of all messages, enumerations and services. */
  readonly types: readonly string[];
}

/** What a service's domain is if nobody says otherwise: the first word of its id. */
export const domainOfId = (id: string): string => id.split("-", 1)[0] as string;

/**
 * Whether a service can be made whose contract is a new domain of this name.
 * @throws CLI_DOMAIN_REFUSED, CLI_NAME_TAKEN
 */
export function checkNewDomain(domain: string, { domains, types }: Contracts): void {
  const refusal = domainRefusal(domain);
  if (refusal !== undefined) refuse(domain, refusal);
  if (domains.includes(domain))
    taken(`the domain ${domain}: schema/orrery/${domain} is the contract of other services`);
  const names = contractNames(domain);
  const said = types.find((type) => names.includes(type.slice(type.lastIndexOf(".") + 1)));
  if (said !== undefined)
    taken(`the domain ${domain}: its contract would have a ${said.split(".").at(-1)}, and ${said} is there`);
}

function refuse(domain: string, refusal: string): never {
  const shown = JSON.stringify(domain.length > SHOWN ? `${domain.slice(0, SHOWN)}…` : domain);
  throw new OrreryError(cliErrors.CLI_DOMAIN_REFUSED, { given: `${shown}: ${refusal}` });
}

function domainRefusal(domain: string): string | undefined {
  if (!PLAIN.test(domain)) return "it is no one word of lower-case letters and digits, a letter first";
  if (domain.length > LONGEST_DOMAIN) return `it has ${domain.length} characters, at most ${LONGEST_DOMAIN}`;
  if (RESERVED.has(domain)) return "TypeScript keeps that word for itself: no code could be called so";
  if (PROTOBUF.has(domain)) return "contracts are written with that word";
  if (/^v\d+$/.test(domain)) return "it reads as the version of a contract";
  if (isDevice(domain)) return "Windows has a device of that name, and no folder";
  if (domain in {}) return "every JavaScript object has something of that name";
  if (GENERATED.has(domain)) return "what is generated for all domains has that name";
  if (FILES.has(domain) || TOOLS_FILES.has(domain))
    return `each service may have a ${domain}.ts for something else`;
  if (OWN_COMMANDS.includes(domain)) return `orrery ${domain} is a command about something else`;
  return undefined;
}
