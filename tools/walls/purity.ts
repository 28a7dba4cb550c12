import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import ts from "typescript";
import type { Import } from "./imports.ts";
import { isTesting } from "./rooms.ts";

/*
 * World logic is a function of state, input and named randomness. It is known by what it is reached from: a file that
 * defines an aggregate, and every file of services that it imports, at whatever depth. What those files may not use is
 * looked for in their syntax, not in their text. The packages that a service stands on hand in what is pure, and are held by
 * tests of their own.
 */

/** What differs from one handling to the next: clocks, luck, the machine, its settings, and turns of the event loop. */
const IMPURE = new Set([
  ...["Date", "performance", "Temporal", "crypto", "process", "navigator", "Intl"],
  ...["setTimeout", "setInterval", "setImmediate", "queueMicrotask", "MessageChannel"],
  ...["fetch", "WebSocket", "Worker", "SharedArrayBuffer", "Atomics", "WeakRef", "FinalizationRegistry"],
  ...["globalThis", "global", "require", "eval", "Function"],
]);
/** Modules of Node's that give the same for the same. */
const PURE_MODULES = new Set(["node:assert", "node:buffer"]);
const LOCALE = new Set(["localeCompare", "toLocaleString", "toLocaleUpperCase", "toLocaleLowerCase"]);

const DEFINING = new Set(["defineAggregate", "definePlatformAggregate"]);

/** Files whose text is world logic. */
export function worldFiles(root: string, imports: readonly Import[]): readonly string[] {
  const byFile = Map.groupBy(imports, ({ file }) => file);
  const isWorlds = (file: string) => file.startsWith("services/") && !isTesting(file);
  const found = new Set([...byFile.keys()].filter((file) => isWorlds(file) && definesAggregate(root, file)));
  for (const file of found)
    for (const { target } of byFile.get(file) ?? [])
      if (target !== undefined && isWorlds(target)) found.add(target);
  return [...found].sort();
}

const definesAggregate = (root: string, file: string) => {
  let defines = false;
  const look = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && DEFINING.has(node.expression.getText())) defines = true;
    ts.forEachChild(node, look);
  };
  look(parsed(root, file));
  return defines;
};

const parsed = (root: string, file: string) =>
  ts.createSourceFile(file, readFileSync(join(root, file), "utf8"), ts.ScriptTarget.Latest, true);

/** What of a file of world logic is not a function of its input, as sentences. */
export function impureIn(root: string, file: string): readonly string[] {
  const source = parsed(root, file);
  const wrong: string[] = [];
  const say = (node: ts.Node, what: string) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    wrong.push(`${file}:${line + 1}: world logic uses ${what}: it must be the same each time it is handled`);
  };
  const look = (node: ts.Node): void => {
    const what = impurity(node, source);
    if (what !== undefined) say(node, what);
    ts.forEachChild(node, look);
  };
  look(source);
  return wrong;
}

function impurity(node: ts.Node, source: ts.SourceFile): string | undefined {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    const { text } = node.moduleSpecifier;
    const name = text.startsWith("node:") ? text : `node:${text}`;
    return isBuiltin(text) && !PURE_MODULES.has(name) ? text : undefined;
  }
  if (ts.isIdentifier(node) && IMPURE.has(node.text) && !isName(node)) return node.text;
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) {
    const member = memberOf(node);
    if (node.expression.getText() === "Math" && (member === "random" || member === undefined))
      return "Math.random";
    if (member !== undefined && LOCALE.has(member)) return `${member}, which depends on the machine's locale`;
  }
  // Taken apart: const { random } = Math.
  if (
    ts.isVariableDeclaration(node) &&
    ts.isObjectBindingPattern(node.name) &&
    node.initializer?.getText() === "Math"
  )
    if (node.name.elements.some(({ name, propertyName }) => (propertyName ?? name).getText() === "random"))
      return "Math.random";
  if (node.kind === ts.SyntaxKind.AsyncKeyword || ts.isAwaitExpression(node)) return "async code";
  if (ts.isPropertyAccessExpression(node) && node.expression.getText() === "import.meta")
    return "import.meta";
  if (
    ts.isVariableStatement(node) &&
    node.parent === source &&
    !(node.declarationList.flags & ts.NodeFlags.Const)
  )
    return "a variable of the module";
  return undefined;
}

/** A member's name; undefined where it is worked out. */
function memberOf(node: ts.PropertyAccessExpression | ts.ElementAccessExpression): string | undefined {
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  return ts.isStringLiteralLike(node.argumentExpression) ? node.argumentExpression.text : undefined;
}

/** The name of a member, a field or a type, not the thing itself. */
function isName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  if (ts.isQualifiedName(parent) || ts.isTypeReferenceNode(parent)) return true;
  return (
    (ts.isPropertyAssignment(parent) ||
      ts.isPropertySignature(parent) ||
      ts.isPropertyDeclaration(parent) ||
      ts.isMethodDeclaration(parent) ||
      ts.isMethodSignature(parent)) &&
    parent.name === node
  );
}
