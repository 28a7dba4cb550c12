import type { Command } from "commander";
import { start } from "./start.ts";

export const commands: readonly Command[] = [start];
