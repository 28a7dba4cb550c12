// Holds the types of some folders against the rest, without looking at the rest: node tools/types.ts services/tide-manager …
// Exit 1 with what is wrong. `npm run check` looks at everything, which takes longer.
import { resolve } from "node:path";
import ts from "typescript";

const root = resolve(import.meta.dirname, "..");
const config = ts.readConfigFile(resolve(root, "tsconfig.json"), ts.sys.readFile);
const given = process.argv.slice(2).map((folder) => `${folder}/**/*.ts`);
const { options, fileNames } = ts.parseJsonConfigFileContent(
  { ...config.config, include: given },
  ts.sys,
  root,
);
const program = ts.createProgram(fileNames, { ...options, incremental: false, tsBuildInfoFile: undefined });
const wrong = fileNames.flatMap((name) => {
  const file = program.getSourceFile(name);
  return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
});
process.stdout.write(
  ts.formatDiagnostics(wrong, {
    getCurrentDirectory: () => root,
    getCanonicalFileName: (name) => name,
    getNewLine: () => "\n",
  }),
);
process.exitCode = wrong.length > 0 || fileNames.length === 0 ? 1 : 0;
