import { accessSync, constants, mkdirSync } from "node:fs";
import { serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";

/** @throws DATA_FOLDER_UNWRITABLE */
export function makeWritable(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw new OrreryError(serviceErrors.DATA_FOLDER_UNWRITABLE, { given: folder, cause });
  }
}
