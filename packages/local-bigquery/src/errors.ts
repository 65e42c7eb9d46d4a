/** BigQuery's error reasons that this server answers with (the `reason` field of the REST API's error list). */
export type ErrorReason =
  | "invalidQuery"
  | "invalid"
  | "notFound"
  | "duplicate"
  | "unsupported"
  | "required"
  | "stopped"
  | "timeout"
  | "resourcesExceeded"
  | "accessDenied"
  | "internalError";

/** A place in a statement's text, both numbers from 1; columns count characters. */
export interface SourcePosition {
  readonly line: number;
  readonly column: number;
}

const httpStatus: Record<ErrorReason, number> = {
  invalidQuery: 400,
  invalid: 400,
  notFound: 404,
  duplicate: 409,
  unsupported: 400,
  required: 400,
  stopped: 499,
  timeout: 400,
  resourcesExceeded: 400,
  accessDenied: 403,
  internalError: 500,
};

/** An error a client sees: BigQuery's reason, a message that says what to do, and the place where it stands. */
export class BigQueryError extends Error {
  override readonly name = "BigQueryError";
  readonly reason: ErrorReason;
  readonly position: SourcePosition | undefined;

  constructor(reason: ErrorReason, message: string, position?: SourcePosition) {
    super(placed(message, position));
    this.reason = reason;
    this.position = position;
  }

  get status(): number {
    return httpStatus[this.reason];
  }
}

/** The analyzer ends its messages with "[at 1:8]", BigQuery with "at [1:8]". */
function placed(message: string, position: SourcePosition | undefined): string {
  const text = message.replace(/ \[at (\d+:\d+)\]$/, " at [$1]");
  if (!position || /at (?:\[\d+:\d+\]|\d+:\d+)$/.test(text)) return text;
  return `${text} at [${position.line}:${position.column}]`;
}

/** Refuses what is not translated yet: `Unsupported: <what>, at line:column`. A guess would be a defect. */
export function unsupported(what: string, position?: SourcePosition): BigQueryError {
  const at = position ? `, at ${position.line}:${position.column}` : "";
  return new BigQueryError("unsupported", `Unsupported: ${what}${at}`, position);
}
