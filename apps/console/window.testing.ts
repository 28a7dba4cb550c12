import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axe from "axe-core";
import { chromium, type Page } from "playwright-core";
import { buildConsole, CONSOLE_FOLDER } from "../cli/run/console.ts";
import { type Instance, startInstance } from "../cli/run/instance.ts";

/** An admin's browser on a world of an hour a second that is its own. */
export interface Window {
  readonly page: Page;
  instance(): Instance;
  /** Errors of page and console since the last `open`. */
  problems(): readonly string[];
  open(path: string): Promise<void>;
  seriousAxeIssues(): Promise<string[]>;
  stopServer(): Promise<void>;
  /** On the same port and data. */
  startServer(): Promise<void>;
  close(): Promise<void>;
}

const ARGS = [
  "--no-sandbox",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

export async function openWindow(): Promise<Window> {
  const folder = mkdtempSync(join(tmpdir(), "orrery-console-"));
  const start = (port: number) =>
    startInstance({
      data: folder,
      port,
      worlds: [{ id: "hollowmere", pack: "hollowmere", seed: "hollowmere", rate: 3_600 }],
      databaseUrl: undefined,
      consoleFolder: CONSOLE_FOLDER,
      logLevel: "silent",
    });
  await buildConsole();
  let instance = await start(0);
  const url = instance.host.url ?? "";
  const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, args: ARGS });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  let problems: string[] = [];
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(error.message));
  await page.goto(`${url}/#key=${instance.adminSecret}`);
  await page.getByText("Hollowmere").first().waitFor();
  return {
    page,
    instance: () => instance,
    problems: () => problems,
    async open(path) {
      problems = [];
      await page.goto(`${url}${path}`);
    },
    async seriousAxeIssues() {
      await page.evaluate(axe.source);
      const { violations } = (await page.evaluate("axe.run()")) as {
        violations: { id: string; impact: string; nodes: { html: string }[] }[];
      };
      return violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
    },
    stopServer: () => instance.stop(),
    async startServer() {
      instance = await start(Number(new URL(url).port));
    },
    async close() {
      await browser.close();
      await instance.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
