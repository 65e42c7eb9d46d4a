import { stripVTControlCharacters } from "node:util";

export type Outcome = "done" | "failed" | "skipped";

/** One action's end, as `dataform run` told it. */
export interface ActionEvent {
  /** dataset.table */
  readonly name: string;
  readonly outcome: Outcome;
  readonly jobIds: readonly string[];
}

/** A failed action: what Dataform printed below its name. */
export interface ActionFailure {
  readonly name: string;
  /** The script as it was sent, so that positions in the message can be looked up. */
  readonly statement: string;
  readonly message: string;
}

const outcomes: readonly (readonly [RegExp, Outcome])[] = [
  [
    /^(?:Table created|Assertion passed|Operation completed successfully|Property graph created):\s+(\S+)/,
    "done",
  ],
  [/^(?:Dataset creation|Assertion|Operation|Property graph creation) failed:\s+(\S+)/, "failed"],
  [
    /^(?:Skipping (?:dataset creation|assertion execution|operation execution)|Skipping property graph creation):\s+(\S+)/,
    "skipped",
  ],
];

/** Reads what `dataform run` prints: the end of each action, in the order in which they end, and why some failed. */
export class RunOutput {
  readonly failures: ActionFailure[] = [];
  /** Lines on stderr that belong to no action: compilation errors, crashes. */
  readonly rest: string[] = [];
  readonly #onEvent: (event: ActionEvent) => void;
  readonly #out = new Lines();
  readonly #err = new Lines();
  #pending: { name: string; outcome: Outcome } | undefined;
  #failing: { name: string; statement: string[]; message: string[] } | undefined;

  constructor(onEvent: (event: ActionEvent) => void) {
    this.#onEvent = onEvent;
  }

  stdout(text: string): void {
    for (const line of this.#out.add(text)) this.#outLine(line);
  }

  stderr(text: string): void {
    for (const line of this.#err.add(text)) this.#errLine(line);
  }

  end(): void {
    for (const line of this.#out.end()) this.#outLine(line);
    for (const line of this.#err.end()) this.#errLine(line);
    this.#endFailure();
    this.#endPending([]);
  }

  #outLine(line: string): void {
    const jobs = /^\s+jobId: (.+)$/.exec(line)?.[1];
    if (jobs) {
      this.#endPending(
        jobs
          .split(",")
          .map((id) => id.trim())
          .filter(Boolean),
      );
      return;
    }
    const found = outcomeOf(line);
    if (!found) return;
    this.#endPending([]);
    // A skipped action has no jobs; any other names them on the next line.
    this.#pending = found;
    if (found.outcome === "skipped") this.#endPending([]);
  }

  #endPending(jobIds: string[]): void {
    if (this.#pending) this.#onEvent({ ...this.#pending, jobIds });
    this.#pending = undefined;
  }

  #errLine(line: string): void {
    const found = outcomeOf(line);
    if (found) {
      this.#endFailure();
      this.#failing = { name: found.name, statement: [], message: [] };
      this.#onEvent({ ...found, jobIds: [] });
      return;
    }
    if (!this.#failing) {
      if (line.trim() !== "") this.rest.push(line);
    } else if (/^\s+(?:,?\s*)?(?:jobId|Bytes billed): /.test(line)) {
      // Dataform's own suffix.
    } else if (/^ {2}>( |$)/.test(line) && this.#failing.message.length === 0) {
      this.#failing.statement.push(line.slice(4));
    } else if (line.trim() !== "" || this.#failing.message.length > 0) {
      this.#failing.message.push(line);
    }
  }

  #endFailure(): void {
    if (!this.#failing) return;
    const { name, statement, message } = this.#failing;
    this.failures.push({
      name,
      statement: statement.join("\n"),
      message: message
        .join("\n")
        .trim()
        .replace(/^bigquery error:\s*/, ""),
    });
    this.#failing = undefined;
  }
}

function outcomeOf(line: string): { name: string; outcome: Outcome } | undefined {
  for (const [pattern, outcome] of outcomes) {
    const name = pattern.exec(line)?.[1];
    if (name) return { name, outcome };
  }
  return undefined;
}

/** Cuts a stream of text into lines, without colours. */
class Lines {
  #rest = "";

  add(text: string): string[] {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    return lines.map((line) => stripVTControlCharacters(line).trimEnd());
  }

  end(): string[] {
    const rest = this.#rest;
    this.#rest = "";
    return rest === "" ? [] : [stripVTControlCharacters(rest)];
  }
}
