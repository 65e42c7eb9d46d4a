/** load.json: what is loaded. Written after the last table is in; removed before the first is touched. */
export interface LoadRecord {
  /** The data set's name and what was chosen of it, or the folder's path. */
  readonly data: string;
  /** Hash of the files' content: the same files loaded again change nothing. */
  readonly fingerprint: string;
  /** IANA name of the zone that decides which day an event belongs to. */
  readonly timezone: string;
  /** UTC, ISO: what was ingested by then counts as known on its event day; "" where the data's own ingestion times count. */
  readonly bootstrap_at: string;
  /** YYYY-MM-DD: the day the models are built for unless --date says otherwise. */
  readonly run_date: string;
  readonly tables: readonly LoadedTable[];
  readonly seconds: number;
}

export interface LoadedTable {
  readonly name: string;
  readonly rows: number;
  /** The table's last change as the warehouse tells it: another value means that somebody else wrote to it. */
  readonly modified?: string;
}

/** build.json: what is built, and out of what. */
export interface BuildRecord {
  /**
   * What the incremental tables' content goes back to. A run on the same models and data with a later date may go on
   * from here; anything else needs a full refresh. Absent while unknown.
   */
  readonly base?: BuildInputs;
  /** The last complete run; absent from its start until its end. */
  readonly run?: RunRecord;
  /** The last complete and clean round of assertions on that run. */
  readonly assert?: AssertRecord;
}

export interface BuildInputs {
  /** Hash of the model sources. */
  readonly models: string;
  /** The load's fingerprint. */
  readonly data: string;
  /** What was loaded: as `data` in LoadRecord. */
  readonly source: string;
  readonly run_date: string;
}

export interface RunRecord extends BuildInputs {
  readonly seconds: number;
  readonly tables: readonly BuiltTable[];
}

export interface BuiltTable {
  readonly name: string;
  readonly kind: "table" | "incremental" | "view" | "operation";
  /** Null for views and operations. */
  readonly rows: number | null;
  readonly seconds: number;
  readonly modified?: string;
  /** Part of an assertion, not a table for users. */
  readonly isRule?: boolean;
}

export interface AssertRecord extends BuildInputs {
  readonly seconds: number;
  readonly passed: number;
  /** Assertions that read a table, by table; one that spans tables counts for each. */
  readonly byTable: Readonly<Record<string, number>>;
  /** Rules with violations too young to stop, with their number of rows. */
  readonly warnings: readonly { readonly rule: string; readonly rows: number }[];
}
