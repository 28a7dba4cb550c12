import { OrreryError } from "@orrery/wire";
import { configPrefix } from "./config.ts";
import { serviceErrors } from "./errors.ts";

/*
 * A service's id becomes the prefix of its settings, a schema in PostgreSQL, a folder, a package, and the source of its
 * events. Whoever makes a service and whoever starts one ask here, so that both know the same ids.
 */

const KEBAB = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const LONGEST_ID = 40;
/** Of an id that cannot be used, what a message repeats. */
const SHOWN = 60;

/** Variables that stand where services run and are none of theirs: a service refuses those of its prefix that it does not know. */
const OTHERS_VARIABLES = [
  ...["ORRERY_DATA", "DATABASE_URL", "NATS_SERVERS", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_SERVICE_NAME"],
  ...["NODE_OPTIONS", "NODE_EXTRA_CA_CERTS", "NPM_CONFIG_REGISTRY", "VITEST_POOL_ID"],
  ...["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "NO_COLOR", "FORCE_COLOR", "SSL_CERT_FILE"],
  ...["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION"],
  ...["AWS_ENDPOINT_URL", "AWS_EXECUTION_ENV", "AWS_WEB_IDENTITY_TOKEN_FILE"],
  ...["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "ECS_CONTAINER_METADATA_URI_V4"],
  ...["KUBERNETES_SERVICE_HOST", "KUBERNETES_PORT_443_TCP", "DOCKER_HOST", "POSTGRES_PASSWORD"],
  ...["LC_ALL", "LD_LIBRARY_PATH", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "SSH_AUTH_SOCK"],
  ...["TERM_PROGRAM", "DESKTOP_SESSION", "WSL_DISTRO_NAME", "PROCESSOR_ARCHITECTURE", "NUMBER_OF_PROCESSORS"],
  ...["JOURNAL_STREAM", "INVOCATION_ID", "NOTIFY_SOCKET", "LISTEN_FDS", "WATCHDOG_USEC", "SYSTEMD_EXEC_PID"],
  ...["GIT_AUTHOR_NAME", "GITHUB_TOKEN", "RUNNER_TEMP", "CI_JOB_TOKEN"],
];

/** A repository with a folder of such a name cannot be checked out on Windows. */
export const isDevice = (name: string): boolean => /^(con|prn|aux|nul|com\d|lpt\d)$/.test(name);

/** Why no service can be called so; undefined: one can. */
export function idRefusal(id: string): string | undefined {
  if (!KEBAB.test(id))
    return "an id is kebab-case: lower-case words of letters and digits, a letter first, joined by single dashes";
  if (id.length > LONGEST_ID) return `it has ${id.length} characters, at most ${LONGEST_ID}`;
  if (isDevice(id)) return "Windows has a device of that name, and no folder";
  if (/^(public|information-schema|pg-.*)$/.test(id))
    return "PostgreSQL keeps that schema for itself, and the service's tables lie in one of its name";
  if (id in {}) return "every JavaScript object has something of that name";
  if (id === "kit") return "what every service is given makes calls under that name";
  const variable = OTHERS_VARIABLES.find((name) => name.startsWith(configPrefix(id)));
  if (variable !== undefined)
    return `its settings would begin with ${configPrefix(id)}, as ${variable} does, which others set`;
  return undefined;
}

/** @throws SERVICE_ID_INVALID */
export function checkServiceId(id: string): void {
  const refusal = idRefusal(id);
  if (refusal === undefined) return;
  const shown = JSON.stringify(id.length > SHOWN ? `${id.slice(0, SHOWN)}…` : id);
  throw new OrreryError(serviceErrors.SERVICE_ID_INVALID, { given: `${shown}: ${refusal}` });
}

/**
 * Settings of `story-teller` begin with `STORY_TELLER_`, which begins with `STORY_`: a service `story` would refuse them.
 * @throws SERVICE_ID_CLASH
 */
export function checkSideBySide(ids: readonly string[]): void {
  const prefixes = ids.map((id) => [configPrefix(id), id] as const).sort(([a], [b]) => (a < b ? -1 : 1));
  prefixes.forEach(([prefix, id], at) => {
    // In this order whatever begins with a prefix stands right behind it.
    const [next, other] = prefixes[at + 1] ?? ["", ""];
    if (id !== other && next.startsWith(prefix))
      throw new OrreryError(serviceErrors.SERVICE_ID_CLASH, {
        given: `${id} and ${other}: ${next}… would be settings of both`,
      });
  });
}
