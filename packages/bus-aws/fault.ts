import { busErrors } from "@orrery/bus";
import { OrreryError } from "@orrery/wire";
import { busAwsErrors } from "./errors.ts";

/** What kind of no AWS said, and so whether asking again can help. */
export type Fault =
  | "throttled"
  | "unreachable"
  | "server"
  | "refused"
  | "expired"
  | "missing"
  | "lease"
  | "rejected";

const THROTTLED = /throttl|toomanyrequests|requestlimitexceeded|slowdown|overlimit|requestthrottled/i;
const EXPIRED = /expiredtoken|requestexpired|requesttimetooskewed|signatureexpired|requestintheFuture/i;
const REFUSED =
  /accessdenied|invalidclienttokenid|unrecognizedclient|signaturedoesnotmatch|invalidaccesskeyid|authfailure|notauthorized|authorizationerror|missingauthenticationtoken|incompletesignature|invalidsecurity|kmsaccessdenied|kmsdisabled|credentialsprovider|optinrequired/i;
const MISSING = /queuedoesnotexist|nonexistentqueue|^notfound|resourcenotfound|queuedeletedrecently/i;
const LEASE = /receipthandleisinvalid|messagenotinflight|invalididformat/i;
const NETWORK =
  /econnrefused|econnreset|epipe|etimedout|enotfound|eai_again|ehostunreach|enetunreach|timeouterror|socket hang up|abort/i;

interface SdkError extends Error {
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

export function faultOf(error: unknown): Fault {
  if (!(error instanceof Error)) return "rejected";
  const { name, code = "", message, $metadata } = error as SdkError;
  return named(name, message, String(code), $metadata?.httpStatusCode);
}

/** Of an entry of a batch that was answered as failed. */
export function faultOfEntry(code: string, message: string, senderFault: boolean): Fault {
  const known = named(code, message, "", senderFault ? 400 : 500);
  // An expired handle comes as InvalidParameterValue, the reason only in words.
  return /receipt handle|visibility timeout/i.test(message) && senderFault ? "lease" : known;
}

function named(name: string, message: string, code: string, status: number | undefined): Fault {
  if (THROTTLED.test(name) || status === 429) return "throttled";
  if (EXPIRED.test(name)) return "expired";
  if (/signature (not yet current|expired)|token.*expired/i.test(message)) return "expired";
  if (REFUSED.test(name)) return "refused";
  if (MISSING.test(name)) return "missing";
  if (LEASE.test(name) || /receipt handle (has expired|is invalid)/i.test(message)) return "lease";
  if (status !== undefined && status >= 500) return "server";
  // An answer that cannot be read is none: a proxy's page, or one that was cut off.
  if (/deserialization error/i.test(message) || name === "SyntaxError") return "unreachable";
  if (NETWORK.test(name) || NETWORK.test(code) || NETWORK.test(message)) return "unreachable";
  if (status === undefined || status === 0) return "unreachable";
  if (status === 403 || status === 401) return "refused";
  return "rejected";
}

export const isRetryable = (fault: Fault): boolean =>
  fault === "throttled" || fault === "unreachable" || fault === "server" || fault === "expired";

const KINDS = {
  throttled: busErrors.BUS_THROTTLED,
  unreachable: busAwsErrors.AWS_UNREACHABLE,
  server: busAwsErrors.AWS_UNREACHABLE,
  refused: busAwsErrors.AWS_REFUSED,
  expired: busAwsErrors.AWS_EXPIRED,
  missing: busErrors.BUS_SUBSCRIPTION_MISSING,
  lease: busErrors.BUS_LEASE_LOST,
  rejected: busAwsErrors.AWS_REJECTED,
} as const;

/** With a code of ours; what has one already stays as it is. */
export function coded(error: unknown, where: string): OrreryError {
  if (error instanceof OrreryError) return error;
  const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const fault = faultOf(error);
  const kind = fault === "missing" && where.startsWith("sns:") ? busErrors.BUS_TOPIC_MISSING : KINDS[fault];
  return new OrreryError(kind, { given: `${where}: ${words.slice(0, 300)}`, cause: error });
}

export const codedFault = (fault: Fault, given: string): OrreryError =>
  new OrreryError(KINDS[fault], { given });

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** An answer that lacks what this call always answers is no answer of AWS's: something stands in between. */
export async function withField<T extends object>(answer: Promise<T>, field: keyof T & string): Promise<T> {
  const given = await answer;
  if (given[field] === undefined) throw new Error(`the answer holds no ${field}: it is none of AWS's`);
  return given;
}
