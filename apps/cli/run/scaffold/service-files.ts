import { codeFiles } from "./code-text.ts";
import { contractFiles } from "./contract-text.ts";
import { pageFiles } from "./page-text.ts";
import { testFiles } from "./test-text.ts";
import { capital, type Wanted } from "./wanted.ts";

/** All that a new service is, by file from the root of the repository. */
export function serviceFiles(wanted: Wanted): Readonly<Record<string, string>> {
  const within = (folder: string, files: Readonly<Record<string, string>>) =>
    Object.entries(files).map(([file, text]) => [`${folder}/${file}`, text] as const);
  const own = { ...codeFiles(wanted), ...testFiles(wanted), ...pageFiles(wanted) };
  return Object.fromEntries([
    ...within("schema/orrery", contractFiles(wanted)),
    ...within(`services/${wanted.id}`, own),
  ]);
}

/** What of a contract is named after its domain. */
export const contractNames = (domain: string): readonly string[] =>
  ["Changed", "State", "Service"].map((end) => `${capital(domain)}${end}`);
