import { Command } from "commander";
import { TokenService } from "@orrery/schema/router/v1";
import { edgeCommand, type EdgeOptions, openEdge } from "../edge.ts";
import { printRows } from "../print.ts";

const rotate = edgeCommand(
  "rotate",
  "makes another operators' key; the old one, and whoever came with it, is let go within a second",
).action(async (options: EdgeOptions) => {
  const { client } = await openEdge(options);
  const { key } = await client(TokenService).rotateKey({});
  printRows([{ key, page: `${options.url}/#key=${key}` }], options.json);
});

export const key = new Command("key")
  .description("The key that makes whoever holds it an operator.")
  .addCommand(rotate);
