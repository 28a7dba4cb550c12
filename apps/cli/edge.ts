import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DescService } from "@bufbuild/protobuf";
import { type Client, Code, ConnectError, createClient, type Interceptor } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { errorCodeOf, systemClock } from "@orrery/service";
import { Command } from "commander";
import { EdgeService, TokenService } from "@orrery/schema/router/v1";
import { OrreryError } from "@orrery/wire";
import { waitAsTold } from "./as-told.ts";
import { cliErrors } from "./errors.ts";
import { onAnotherConnection } from "./on-another-connection.ts";

/** How a command reaches a running Orrery. */
export interface EdgeOptions {
  readonly url: string;
  readonly data: string;
  readonly world?: string;
  readonly json?: boolean;
}

export interface Edge {
  /** The world asked for, or the first one. @throws CLI_NO_WORLD */
  readonly world: string;
  client<S extends DescService>(service: S): Client<S>;
}

/** Options that every command against a running world takes. */
export function edgeCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option("--url <url>", "where Orrery answers", process.env["ORRERY_URL"] ?? "http://127.0.0.1:7070")
    .option(
      "--data <folder>",
      "its data folder, for the admin's secret",
      process.env["ORRERY_DATA"] ?? ".orrery",
    )
    .option("--world <id>", "the world; default the first one")
    .option("--json", "JSON lines on stdout");
}

/** A world that was just made reaches the doors within a second; on a busy machine within a few. */
const WORLD_TRIES = 20;
const WORLD_PAUSE_MS = 250;

async function firstWorld(edge: Client<typeof EdgeService>): Promise<string | undefined> {
  for (let tries = 1; ; tries++) {
    const { worlds } = await edge.listWorlds({});
    if (worlds.length > 0 || tries === WORLD_TRIES) return worlds[0]?.worldId;
    await systemClock.sleep(WORLD_PAUSE_MS);
  }
}

/** Signs in as the admin of this machine. @throws CLI_NO_WORLD_RUNS, CLI_ADMIN_SECRET, and what the door refuses */
export async function openEdge(options: EdgeOptions): Promise<Edge> {
  const secretFile = join(options.data, "router", "admin-secret");
  const adminSecret = existsSync(secretFile) ? readFileSync(secretFile, "utf8").trim() : "";
  if (adminSecret === "") console.error(`There is no admin's secret in ${secretFile}: signed in as a guest.`);
  let token = "";
  const sign: Interceptor = (next) => (request) => {
    if (token !== "") request.header.set("authorization", `Bearer ${token}`);
    return next(request);
  };
  const transport = createConnectTransport({
    baseUrl: options.url,
    httpVersion: "1.1",
    useBinaryFormat: true,
    interceptors: [sign, waitAsTold((ms) => systemClock.sleep(ms)), onAnotherConnection],
  });
  try {
    token = (await createClient(TokenService, transport).issue({ deviceId: "cli", adminSecret })).token;
    const world = options.world ?? (await firstWorld(createClient(EdgeService, transport)));
    return {
      get world() {
        if (world === undefined) throw new OrreryError(cliErrors.CLI_NO_WORLD, { given: options.url });
        return world;
      },
      client: (service) => createClient(service, transport),
    };
  } catch (cause) {
    throw explained(options, secretFile, cause);
  }
}

/** What comes when nothing listens, or something that is no Orrery. */
const NOBODY: ReadonlySet<Code> = new Set([Code.Unavailable, Code.Unknown, Code.Unimplemented]);

/** Whoever refuses is there: only silence, and answers that are none of Orrery's, mean that nobody is. */
function explained({ url }: EdgeOptions, secretFile: string, cause: unknown): unknown {
  const code = errorCodeOf(cause);
  if (code === "ROUTER_TOKEN_SIGNATURE")
    return new OrreryError(cliErrors.CLI_ADMIN_SECRET, { given: `${secretFile} at ${url}`, cause });
  if (code !== undefined || (cause instanceof ConnectError && !NOBODY.has(cause.code))) return cause;
  const words = cause instanceof Error ? cause.message : String(cause);
  return new OrreryError(cliErrors.CLI_NO_WORLD_RUNS, { given: `${url}: ${words}`, cause });
}
