import { setTimeout as sleep } from "node:timers/promises";
import type { BigQuery, JobLoadMetadata } from "@google-cloud/bigquery";
import { type Contract, restTable } from "@growth/contracts";

/** Replaces a table's rows by those of a Parquet file, in one load job. Returns the number of rows it then has. */
export async function loadTable(bigquery: BigQuery, contract: Contract, file: string): Promise<number> {
  const { schema, timePartitioning, clustering } = restTable(contract);
  const metadata = {
    sourceFormat: "PARQUET",
    writeDisposition: "WRITE_TRUNCATE",
    createDisposition: "CREATE_IF_NEEDED",
    schema,
    // Else a list would become a struct named "list" with a field "element".
    parquetOptions: { enableListInference: true },
    ...(timePartitioning && { timePartitioning }),
    ...(clustering && { clustering }),
  } as JobLoadMetadata;
  const table = bigquery.dataset(contract.dataset).table(contract.name);
  const [job] = await table.createLoadJob(file, metadata);
  // The client's own waiting asks every half second, which is longer than most loads take.
  for (let pause = 10; ; pause = Math.min(pause * 2, 500)) {
    const [{ status }] = await job.getMetadata();
    if (status.errorResult)
      throw new Error(`Loading ${contract.table} failed: ${status.errorResult.message}`);
    if (status.state === "DONE") break;
    await sleep(pause);
  }
  const [{ numRows }] = await table.getMetadata();
  return Number(numRows);
}

/** Makes the datasets that are not there yet. */
export async function ensureDatasets(bigquery: BigQuery, names: Iterable<string>): Promise<void> {
  for (const name of new Set(names)) {
    const dataset = bigquery.dataset(name);
    const [exists] = await dataset.exists();
    if (!exists) await dataset.create();
  }
}
