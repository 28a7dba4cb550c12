import { Command, InvalidArgumentError, Option } from "commander";
import { mkdirSync } from "node:fs";
import { startTelemetry } from "@orrery/service";
import { EXIT } from "../exit.ts";
import { decimal, port, whole } from "../numbers.ts";
import type { Broker } from "../run/broker.ts";
import { letYoungGenerationGrow } from "../young-generation.ts";
import { buildConsole, CONSOLE_FOLDER } from "../run/console.ts";
import { startDeployment } from "../run/deployment.ts";
import { startInstance } from "../run/instance.ts";
import { sayServices } from "../run/say-services.ts";
import { serviceIds } from "../run/services.ts";

/** Game seconds a real second. */
export const rateArgument = decimal(0.1, 36_000);
const copiesArgument = whole(1, 8);

function replicasArgument(text: string): number {
  const replicas = Number(text);
  if (![1, 3, 5].includes(replicas)) throw new InvalidArgumentError("1, 3 or 5");
  return replicas;
}

function serviceArgument(id: string, earlier: readonly string[] = []): readonly string[] {
  if (!serviceIds().includes(id)) throw new InvalidArgumentError(`one of ${serviceIds().join(", ")}`);
  return [...earlier, id];
}

export const start = new Command("start")
  .description("Runs the world: every service in this process, one URL.")
  .option("--data <folder>", "where the world is kept", process.env["ORRERY_DATA"] ?? ".orrery")
  .addOption(
    new Option("--port <port>", "loopback port of the page, calls and socket")
      .env("ORRERY_PORT")
      .argParser(port)
      .default(7070),
  )
  .option("--world <id>", "id of the world", "hollowmere")
  .option("--pack <pack>", "folder under worlds/ with its content", "hollowmere")
  .option("--seed <text>", "seed of a new world", "hollowmere")
  .option("--rate <rate>", "game seconds per real second of a new world", rateArgument, 60)
  .addOption(
    new Option("--log <level>", "log level")
      .env("ORRERY_LOG")
      .choices(["debug", "info", "warn", "error", "silent"])
      .default("warn"),
  )
  .option("--no-console", "leave the page out")
  .addOption(
    new Option("--processes <how>", "all services in one process, or each in its own")
      .choices(["one", "per-service"])
      .default("one"),
  )
  .option(
    "--copies <n>",
    "with per-service: processes of each service that keeps a state of worlds",
    copiesArgument,
    1,
  )
  .option(
    "--doors <n>",
    "with per-service: processes of the router, on ports from --port on",
    copiesArgument,
    1,
  )
  .addOption(
    new Option("--broker <kind>", "what carries the events")
      .choices(["embedded", "nats", "aws"])
      .default("embedded"),
  )
  .option(
    "--servers <addresses>",
    "with --broker nats: its servers, separated by commas",
    process.env["NATS_SERVERS"] ?? "127.0.0.1:4222",
  )
  .option(
    "--prefix <name>",
    "with --broker nats: what its streams are called by, so that deployments share a server and nothing else (default: orrery)",
    process.env["NATS_PREFIX"],
  )
  .addOption(
    new Option(
      "--replicas <n>",
      "with --broker nats: copies of each stream, 1, 3 or 5, on as many servers (default: 1)",
    )
      .env("NATS_REPLICAS")
      .argParser(replicasArgument),
  )
  .option(
    "--monitor <url>",
    "with --broker nats: its monitoring address, to say whether it syncs before it answers",
    process.env["NATS_MONITOR"],
  )
  .option(
    "--adopt <service...>",
    "services whose code has changed and would have told something else since the last snapshot: what was told stands, the state is what this code makes of it",
    serviceArgument,
  )
  .option(
    "--new-broker",
    "the broker that the folder's events were on is lost for good: begin on this one",
    false,
  )
  .option(
    "--endpoint <url>",
    "with --broker aws: an emulator of SNS and SQS instead of AWS itself",
    process.env["AWS_ENDPOINT_URL"],
  )
  .action(async (options) => {
    if (options.processes === "per-service") return startProcesses(options);
    if (options.console) mkdirSync(CONSOLE_FOLDER, { recursive: true });
    const telemetry = await startTelemetry("orrery", process.env);
    const instance = await startInstance({
      say: console.error,
      data: options.data,
      port: options.port,
      worlds: [{ id: options.world, pack: options.pack, seed: options.seed, rate: options.rate }],
      databaseUrl: process.env["DATABASE_URL"],
      consoleFolder: options.console ? CONSOLE_FOLDER : "",
      logLevel: options.log,
      broker: brokerOf(options),
      newBroker: options.newBroker,
      adopt: options.adopt ?? [],
    }).catch(async (error: unknown) => {
      await telemetry?.stop();
      throw error;
    });
    if (options.console) {
      await buildConsole().catch((error: unknown) =>
        instance.log.error(error instanceof Error ? error.message : String(error)),
      );
    }
    letYoungGenerationGrow();
    console.error(`${sayServices(instance.host)}; the data is in ${options.data}. Ctrl-C stops it.`);
    // Whoever starts it is its admin: the page takes the key out of the address at once.
    console.log(`${instance.host.url}/#key=${instance.adminSecret}`);
    await untilStopped(async () => {
      await instance.stop();
      await telemetry?.stop();
    });
  });

function brokerOf({ broker: kind, endpoint = "", servers, ...given }: Record<string, any>): Broker {
  if (kind === "aws") return { kind, servers: endpoint };
  if (kind === "embedded") return { kind, servers: "" };
  const { prefix, replicas, monitor } = given as Partial<Broker>;
  return {
    kind,
    servers,
    ...(prefix !== undefined && { prefix }),
    ...(replicas !== undefined && { replicas }),
    ...(monitor !== undefined && { monitor }),
  };
}

async function startProcesses(options: Record<string, any>): Promise<void> {
  if (options["console"]) await buildConsole();
  const deployment = await startDeployment(
    {
      say: console.error,
      data: options["data"],
      port: options["port"],
      worlds: [{ id: options["world"], pack: options["pack"], seed: options["seed"], rate: options["rate"] }],
      databaseUrl: process.env["DATABASE_URL"],
      consoleFolder: options["console"] ? CONSOLE_FOLDER : "",
      logLevel: options["log"],
      newBroker: options["newBroker"],
      adopt: options["adopt"] ?? [],
    },
    { stateful: options["copies"], doors: options["doors"] },
    brokerOf(options),
  );
  const count = deployment.members.length;
  console.error(`Orrery runs ${count} processes; the data is in ${options["data"]}. Ctrl-C stops them.`);
  for (const url of deployment.urls) console.log(`${url}/#key=${deployment.adminSecret}`);
  await untilStopped(deployment.stop);
}

/** The first signal drains, the second ends at once. */
export async function untilStopped(stop: () => Promise<void>): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let stopping = false;
    const onSignal = () => {
      if (stopping) process.exit(EXIT.interrupted);
      stopping = true;
      console.error("Stopping; again to stop at once.");
      stop().then(resolve, reject);
    };
    process.on("SIGINT", onSignal);
    process.on("SIGTERM", onSignal);
  });
  process.exit(EXIT.pass);
}
