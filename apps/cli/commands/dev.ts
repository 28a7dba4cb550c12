import { watch } from "node:fs";
import { registerHooks } from "node:module";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { Command, Option } from "commander";
import { startTelemetry } from "@orrery/service";
import { ROOT } from "../root.ts";
import { port } from "../numbers.ts";
import { buildConsole, CONSOLE_FOLDER } from "../run/console.ts";
import { startInstance } from "../run/instance.ts";
import { sayServices } from "../run/say-services.ts";
import { loadService, serviceIds, SERVICES_FOLDER } from "../run/services.ts";
import { untilStopped } from "./start.ts";

const SETTLE_MS = 150;

/** A service's own files are loaded anew with it: they carry its version in their address. */
function renewOwnFiles(): void {
  registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      const version = /\?v=\d+$/.exec(context.parentURL ?? "")?.[0];
      return version === undefined || !specifier.startsWith(".")
        ? resolved
        : { ...resolved, url: resolved.url + version };
    },
  });
}

/**
 * Runs the world and takes up edits: the service whose file changed stops and starts from the new code while
 * the others go on; its state and its place in the stream are in its store. New code that does not load leaves
 * the old running; new code that does not start leaves the service failed until the next edit. Files it shares with others need a new start: Node keeps modules.
 */
export const dev = new Command("dev")
  .description("runs the world and restarts a service when its files change")
  .option("--data <folder>", "where the world is kept", process.env["ORRERY_DATA"] ?? ".orrery")
  .addOption(new Option("--port <port>", "loopback port").env("ORRERY_PORT").argParser(port).default(7070))
  .option("--world <id>", "id of the world", "hollowmere")
  .option("--no-console", "leave the page out")
  .action(async (options) => {
    renewOwnFiles();
    const telemetry = await startTelemetry("orrery", process.env);
    const instance = await startInstance({
      say: console.error,
      data: options.data,
      port: options.port,
      worlds: [{ id: options.world, pack: "hollowmere", seed: "hollowmere", rate: 60 }],
      databaseUrl: process.env["DATABASE_URL"],
      consoleFolder: options.console ? CONSOLE_FOLDER : "",
      logLevel: "warn",
      // Whoever edits wants to see the edit: what was told stands, and a line says what was taken on.
      adopt: "all",
    }).catch(async (error: unknown) => {
      await telemetry?.stop();
      throw error;
    });
    if (options.console) await buildConsole().catch((error: unknown) => console.error(String(error)));
    let version = 0;
    const timers = new Map<string, NodeJS.Timeout>();

    async function reload(id: string): Promise<void> {
      const startMs = performance.now();
      try {
        // A process of its own tries the new code first: what does not even load must not stop what runs.
        await tryToLoad(id);
        const definition = await loadService(id, String(++version));
        if (definition.http !== undefined)
          throw new Error("it is a door of this process: stop and start to take up its edit");
        await instance.host.replace(definition);
        console.error(`${id} runs its new code after ${(performance.now() - startMs).toFixed(0)} ms`);
      } catch (error) {
        const failed = instance.host.services().some((one) => one.definition.id === id && one.failure);
        const how = failed ? "does not run" : "keeps running as it was";
        console.error(`${id} ${how}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }

    const watcher = watch(SERVICES_FOLDER, { recursive: true }, (_event, file) => {
      const id = file?.split(/[\\/]/)[0] ?? "";
      if (file === null || !file.endsWith(".ts") || file.endsWith(".test.ts") || !serviceIds().includes(id))
        return;
      clearTimeout(timers.get(id));
      timers.set(
        id,
        setTimeout(() => void reload(id), SETTLE_MS),
      );
    });
    console.error(`${sayServices(instance.host)}.`);
    console.error(`Watching ${SERVICES_FOLDER}. Ctrl-C stops it.`);
    console.log(instance.host.url);
    await untilStopped(async () => {
      watcher.close();
      await instance.stop();
      await telemetry?.stop();
    });
  });

function tryToLoad(id: string): Promise<void> {
  const child = spawn(
    process.execPath,
    ["--input-type=module", "-e", `await import(${JSON.stringify(join(SERVICES_FOLDER, id, "service.ts"))})`],
    {
      cwd: ROOT,
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  let words = "";
  child.stderr.on("data", (chunk) => (words += chunk));
  return new Promise((resolve, reject) => {
    child.on("exit", (code) =>
      code === 0 ? resolve() : reject(new Error(words.trim().split("\n").slice(0, 6).join("\n"))),
    );
  });
}
