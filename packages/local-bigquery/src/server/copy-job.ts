import { type CopyRequest, copyTables, type TableName } from "../engine/copy.ts";
import { BigQueryError, unsupported } from "../errors.ts";
import type { ServerContext } from "./context.ts";
import type { JobRequest } from "./jobs.ts";

interface TableReference {
  readonly datasetId?: string;
  readonly tableId?: string;
}

/** configuration.copy of a job. */
export interface CopyConfiguration {
  readonly sourceTable?: TableReference;
  readonly sourceTables?: readonly TableReference[];
  readonly destinationTable?: TableReference;
  readonly writeDisposition?: string;
  readonly createDisposition?: string;
  readonly operationType?: string;
}

export function copyJob(
  context: ServerContext,
  id: string,
  configuration: JobRequest["configuration"] & { readonly copy?: CopyConfiguration },
): JobRequest {
  const request = copyRequest(configuration.copy ?? {});
  return {
    id,
    type: "COPY",
    configuration,
    start: () => {
      const began = Date.now();
      const { administration, engine } = context;
      const finished = copyTables(administration, request, engine.parts.projectId).then(() => ({}));
      return { finished, began: () => began, cancel: () => undefined };
    },
  };
}

function copyRequest(copy: CopyConfiguration): CopyRequest {
  const { operationType = "COPY", writeDisposition: write = "WRITE_EMPTY" } = copy;
  // A clone is a copy here: there is no storage to share.
  if (!/^(COPY|CLONE|OPERATION_TYPE_UNSPECIFIED)$/.test(operationType))
    throw unsupported(`copy jobs of type ${operationType}`);
  if (write !== "WRITE_TRUNCATE" && write !== "WRITE_APPEND" && write !== "WRITE_EMPTY")
    throw unsupported(`writeDisposition ${write}`);
  const sources = copy.sourceTables ?? (copy.sourceTable ? [copy.sourceTable] : []);
  return {
    sources: sources.map((source) => name(source, "sourceTables")),
    destination: name(copy.destinationTable, "destinationTable"),
    write,
    create: copy.createDisposition !== "CREATE_NEVER",
  };
}

function name(reference: TableReference | undefined, parameter: string): TableName {
  const { datasetId: dataset, tableId: id } = reference ?? {};
  if (!dataset || !id)
    throw new BigQueryError("required", `Required parameter is missing: configuration.copy.${parameter}`);
  return { dataset, id };
}
