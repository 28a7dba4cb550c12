import { createRegistry, type DescFile, type DescMessage } from "@bufbuild/protobuf";
import type { Schema } from "@bufbuild/protoplugin";
import { findOptions, isEvent, type Options } from "./facts.ts";
import { isWellKnown } from "./imports.ts";
import { refuseClashes, refuseOtherSyntax } from "./refusals.ts";
import { endlesslyNested } from "./nesting.ts";
import { folderOf, packageModule } from "./package-module.ts";
import { eventsModule, fingerprintModule, registryModule } from "./registry-module.ts";
import { messagesIn, wireFile } from "./wire-file.ts";

export function generate(schema: Schema): void {
  const own = schema.files.filter((file) => !isWellKnown(file));
  own.forEach(refuseOtherSyntax);
  const packages = [...Map.groupBy(own, (file) => file.proto.package).values()];
  packages.forEach(refuseClashes);
  const options = findOptions(createRegistry(...schema.allFiles));
  const hot = inEvents(own, options);
  const deep = endlesslyNested(own.flatMap(messagesIn));
  for (const file of [...own, ...wellKnownUsed(own)]) {
    if (messagesIn(file).length > 0)
      put(schema, `${file.name}_wire.ts`, wireFile(file, options, { hot, deep }));
  }
  for (const files of packages) {
    put(schema, `${folderOf(files)}/mod.ts`, packageModule(files, schema));
  }
  put(schema, "registry.ts", registryModule(own, schema));
  put(schema, "events.ts", eventsModule(own, options, "all"));
  put(schema, "client-events.ts", eventsModule(own, options, "clients"));
  put(schema, "fingerprint.ts", fingerprintModule(own));
}

/** Events and the messages within them: what the world says many times a second. */
function inEvents(own: readonly DescFile[], options: Options): Set<DescMessage> {
  const found = new Set<DescMessage>();
  const visit = (message: DescMessage) => {
    if (found.has(message)) return;
    found.add(message);
    for (const field of message.fields) if (field.message !== undefined) visit(field.message);
  };
  for (const message of own.flatMap(messagesIn)) if (isEvent(message, options)) visit(message);
  return found;
}

/** Well-known types come with protobuf-es but without our codecs: those in use are generated along. */
function wellKnownUsed(own: readonly DescFile[]): DescFile[] {
  const found = new Set<DescFile>();
  const visit = (file: DescFile) => {
    for (const dependency of file.dependencies) {
      if (
        !isWellKnown(dependency) ||
        found.has(dependency) ||
        dependency.name === "google/protobuf/descriptor"
      )
        continue;
      found.add(dependency);
      visit(dependency);
    }
  };
  for (const file of own) visit(file);
  return [...found];
}

function put(schema: Schema, name: string, source: string): void {
  const file = schema.generateFile(name);
  for (const line of source.split("\n")) file.print(line);
}
