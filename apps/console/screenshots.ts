// Pictures of the console: node apps/console/screenshots.ts <url> <folder> [view… | /path…]
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [url = "", folder = "screenshots", ...only] = process.argv.slice(2);
const SIZES = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const VIEWS: readonly (readonly [string, string])[] = [
  ["world", "/world"],
  ["region", "/world?region=region:mill-vale"],
  ["chart", "/world?layers=weather,chart,wind,names"],
  ["stream", "/stream"],
  ["why", "/why"],
  ["services", "/services"],
  ["state", "/state"],
  ["letters", "/letters"],
  ["workflows", "/workflows"],
  ["webhooks", "/webhooks"],
  ["players", "/players?filter=player%3Dplayer%3Aada"],
  ["ledger", "/ledger"],
  ["flags", "/flags"],
  ["routes", "/routes"],
  ["worlds", "/worlds"],
  ["engines", "/engines"],
  ["people", "/people?person=npc:mira-reed"],
  ["market", "/market?region=region:market-vale&good=good:ale"],
  ["factions", "/factions?faction=faction:deepdelve&region=region:wolfscar"],
  ["walk", "/walk"],
  ["control", "/world?layers=weather,roads,control,names"],
];

const paths = only.filter((name) => name.startsWith("/"));
const views: readonly (readonly [string, string])[] = [
  ...VIEWS.filter(([name]) => only.length === 0 || only.includes(name)),
  ...paths.map((path, at) => [`path-${at + 1}`, path] as const),
];

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
  ],
});
const { origin, hash } = new URL(url);
for (const [size, viewport] of Object.entries(SIZES)) {
  const page = await browser.newPage({ viewport });
  page.on("console", (message) => message.type() === "error" && console.error(`${size}: ${message.text()}`));
  page.on("pageerror", (error) => console.error(`${size}: ${error.stack ?? error.message}`));
  for (const [name, path] of views) {
    await page.goto(`${origin}${path}${hash}`, { waitUntil: "load" });
    await page.waitForTimeout(3_000);
    await page.screenshot({ path: join(folder, `${name}-${size}.png`) });
    console.log(join(folder, `${name}-${size}.png`));
  }
  await page.close();
}
await browser.close();
