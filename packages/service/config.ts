import { OrreryError } from "@orrery/wire";
import type { z } from "zod";
import { serviceErrors } from "./errors.ts";

/** `time-manager` → `TIME_MANAGER_`. */
export function configPrefix(serviceId: string): string {
  return `${serviceId.replaceAll("-", "_").toUpperCase()}_`;
}

/** `stepMinutes` → `STEP_MINUTES`. */
export function configKey(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/**
 * Reads a service's settings from the environment. Every variable with the service's prefix must be a field
 * of the schema: a misspelt setting that is silently ignored is the worst kind.
 * @throws SERVICE_CONFIG_UNKNOWN, SERVICE_CONFIG_INVALID
 */
export function readConfig<S extends z.ZodObject>(
  serviceId: string,
  schema: S,
  env: Readonly<Record<string, string | undefined>>,
): z.output<S> {
  const prefix = configPrefix(serviceId);
  const fields = new Map(Object.keys(schema.shape).map((field) => [prefix + configKey(field), field]));
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith(prefix) || value === undefined) continue;
    const field = fields.get(name);
    if (field === undefined) {
      const known = [...fields.keys()].join(", ") || "none";
      throw new OrreryError(serviceErrors.SERVICE_CONFIG_UNKNOWN, { given: `${name}; known: ${known}` });
    }
    given[field] = value;
  }
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  const name = prefix + configKey(String(issue?.path[0] ?? ""));
  throw new OrreryError(serviceErrors.SERVICE_CONFIG_INVALID, { given: `${name}: ${issue?.message}` });
}
