import type { LoadFormat, LoadRequest } from "../engine/load/request.ts";
import { BigQueryError, unsupported } from "../errors.ts";
import { requestFields } from "./resources.ts";

/** configuration.load as clients send it. */
export type LoadConfiguration = Readonly<Record<string, unknown>> & {
  readonly destinationTable?: { readonly datasetId?: string; readonly tableId?: string };
};

const FORMATS: readonly LoadFormat[] = ["PARQUET", "CSV", "NEWLINE_DELIMITED_JSON"];
const REFUSED = [
  ...["sourceUris", "fileSetSpecType", "projectionFields", "schemaUpdateOptions", "hivePartitioningOptions"],
  ...["jsonExtension", "destinationEncryptionConfiguration", "columnNameCharacterMap", "sourceColumnMatch"],
  ...["timeZone", "dateFormat", "datetimeFormat", "timeFormat", "timestampFormat", "nullMarkers"],
] as const;

/** Reads a load job's configuration; what would change the meaning and is not done here is refused by name. */
export function loadRequest(load: LoadConfiguration, file: string): LoadRequest {
  const { datasetId: dataset, tableId: id } = load.destinationTable ?? {};
  if (!dataset || !id)
    throw new BigQueryError("required", "Required parameter is missing: configuration.load.destinationTable");
  for (const name of REFUSED) {
    const value = load[name];
    if (value && !(Array.isArray(value) && value.length === 0)) throw unsupported(`load jobs with ${name}`);
  }
  if (Number(load.maxBadRecords ?? 0) > 0) throw unsupported("load jobs with maxBadRecords");
  const format = String(load.sourceFormat ?? "CSV") as LoadFormat;
  if (!FORMATS.includes(format)) throw unsupported(`load jobs of format ${format}`);
  const encoding = String(load.encoding ?? "UTF-8").toUpperCase();
  if (encoding !== "UTF-8" && encoding !== "ISO-8859-1")
    throw unsupported(`load jobs of encoding ${encoding}`);
  const time = load.timePartitioning as LoadRequest["layout"]["timePartitioning"] | undefined;
  if (time && !time.field) throw unsupported("tables partitioned by ingestion time");
  const range = load.rangePartitioning as LoadRequest["layout"]["rangePartitioning"] | undefined;
  const clustering = (load.clustering as { fields?: string[] } | undefined)?.fields;
  const described = load.destinationTableProperties as
    | { description?: string; labels?: Record<string, string> }
    | undefined;
  return {
    ...{ file, format, destination: { dataset, id }, fields: requestFields(load.schema) },
    write: disposition(load.writeDisposition),
    create: load.createDisposition !== "CREATE_NEVER",
    ignoreUnknownValues: load.ignoreUnknownValues === true,
    layout: {
      ...(time && { timePartitioning: time }),
      ...(range && { rangePartitioning: range }),
      ...(clustering && { clustering }),
      ...(described?.description !== undefined && { description: described.description }),
      ...(described?.labels && { labels: described.labels }),
    },
    csv: {
      skipLeadingRows: Number(load.skipLeadingRows ?? 0),
      delimiter: delimiter(load.fieldDelimiter),
      quote: load.quote === undefined ? '"' : String(load.quote),
      nullMarker: String(load.nullMarker ?? ""),
      jaggedRows: load.allowJaggedRows === true,
      latin1: encoding === "ISO-8859-1",
    },
  };
}

function disposition(written: unknown): LoadRequest["write"] {
  const name = String(written ?? "WRITE_APPEND");
  if (name === "WRITE_TRUNCATE" || name === "WRITE_APPEND" || name === "WRITE_EMPTY") return name;
  throw unsupported(`writeDisposition ${name}`);
}

function delimiter(written: unknown): string {
  const text = String(written ?? ",");
  return text === "\\t" || text.toLowerCase() === "tab" ? "\t" : text;
}
