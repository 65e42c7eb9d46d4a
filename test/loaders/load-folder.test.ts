import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BigQuery } from "@google-cloud/bigquery";
import { readContracts } from "@growth/contracts";
import { DataError, type LoadEvent, loadFolder, type Target } from "@growth/loaders";
import { createLocalBigQuery, defaultFiles, type LocalBigQuery } from "@growth/local-bigquery";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { contracts } = readContracts(root);
const sources = contracts.filter((contract) => contract.layer === "source").map((contract) => contract.table);
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A data folder with these files. */
function dataFolder(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "growth-data-"));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const USERS = `user_id,registered_at,gender_code,age_band,city_tier,ingested_at
u1,2024-01-01 10:00:00+08:00,F,25-34,1,2024-01-02 01:00:00Z
u2,,,,,2024-01-03 01:00:00Z
`;
const LOG = `log_id,execution_id,user_id,strategy_id,strategy_version,scene_code,triggered_at,experiment_id,experiment_group,benefits,ingested_at
l1,e1,u1,s1,1,home,2024-06-01 10:00:00+08:00,,,"[{""benefit_seq"": 1, ""benefit_type"": ""coupon"", ""template_id"": ""t1"", ""planned_amt"": 20.50}]",2024-06-01 02:00:01Z
`;
const FILES = {
  "redcdm.dim_ecm_user_df.csv": USERS,
  "redods.ods_ecm_mkt_strategy_execution_log_di.csv": LOG,
};

describe("a folder with a mistake", () => {
  const nowhere: Target = { url: "http://127.0.0.1:1", projectId: "local" };

  test("is refused with file, column and row before anything is sent", async () => {
    const folder = dataFolder({
      ...FILES,
      "redcdm.dim_ecm_user_df.csv": USERS.replace("2024-01-01 10", "yesterday 10"),
    });
    const refused = loadFolder({ folder, contracts, target: nowhere });
    await expect(refused).rejects.toThrow(DataError);
    await expect(refused).rejects.toThrow(
      /1 problem, nothing was loaded:\n.*dim_ecm_user_df\.csv, row 1, column registered_at/,
    );
  });

  test("hears of all its mistakes at once: a wrong column name and a missing key", async () => {
    const folder = dataFolder({
      "redcdm.dim_ecm_user_df.csv": USERS.replace("u2,", ","),
      "redods.ods_ecm_mkt_strategy_execution_log_di.csv": LOG.replace("scene_code", "scene"),
    });
    const error: DataError = await loadFolder({ folder, contracts, target: nowhere }).catch(
      (reason) => reason,
    );
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toMatch(/dim_ecm_user_df\.csv, row 2, column user_id/);
    expect(error.message).toMatch(/execution_log_di\.csv, column scene:/);
  });

  test("may not hold files that are no source table's", async () => {
    const folder = dataFolder({ ...FILES, "users.csv": USERS });
    await expect(loadFolder({ folder, contracts, target: nowhere })).rejects.toThrow(
      /users\.csv: not a source table's file/,
    );
  });
});

describe("a sound folder", () => {
  let warehouse: LocalBigQuery;
  let target: Target;
  beforeAll(async () => {
    warehouse = await createLocalBigQuery({ files: defaultFiles(root) });
    target = { url: (await warehouse.listen()).url, projectId: "local" };
  });
  afterAll(() => warehouse.close());

  test("fills the tables it has files for, types as in the contract, and makes all others, empty", async () => {
    const events: LoadEvent[] = [];
    const folder = dataFolder(FILES);
    const load = await loadFolder({ folder, contracts, target, progress: (event) => events.push(event) });
    expect(load.tables.map(({ table }) => table)).toEqual(sources);
    expect(load.tables.filter(({ rows }) => rows > 0)).toEqual([
      { table: "redcdm.dim_ecm_user_df", rows: 2, file: "redcdm.dim_ecm_user_df.csv" },
      {
        table: "redods.ods_ecm_mkt_strategy_execution_log_di",
        rows: 1,
        file: "redods.ods_ecm_mkt_strategy_execution_log_di.csv",
      },
    ]);
    expect(load.lastIngestedAt).toBe("2024-06-01T02:00:01Z");
    expect(load.warnings).toEqual([]);
    expect(events.filter(({ kind }) => kind === "loaded")).toHaveLength(sources.length);

    const { rows } = await warehouse.query(`
      SELECT log_id, triggered_at, experiment_id, benefit.template_id, benefit.planned_amt
      FROM redods.ods_ecm_mkt_strategy_execution_log_di, UNNEST(benefits) AS benefit`);
    expect(rows).toEqual([["l1", "2024-06-01T02:00:00.000000Z", null, "t1", "20.5"]]);
    expect((await warehouse.query("SELECT COUNT(*) FROM reddw.dw_trd_refund_day")).rows).toEqual([[0n]]);
  });

  test("leaves tables partitioned by ingestion day and clustered by key", async () => {
    const metadata = await table("redcdm", "dim_ecm_user_df");
    expect(metadata.timePartitioning).toMatchObject({ type: "DAY", field: "ingested_at" });
    expect(metadata.clustering).toMatchObject({ fields: ["user_id"] });
    expect(metadata.schema.fields.map((field: { name: string }) => field.name)).toContain("registered_at");
  });

  test("replaces what was loaded before, also by nothing", async () => {
    const folder = dataFolder({ "redcdm.dim_ecm_user_df.csv": USERS.split("\n").slice(0, 2).join("\n") });
    const load = await loadFolder({ folder, contracts, target });
    expect(load.tables.filter(({ rows }) => rows > 0)).toMatchObject([
      { table: "redcdm.dim_ecm_user_df", rows: 1 },
    ]);
    expect((await warehouse.query("SELECT user_id FROM redcdm.dim_ecm_user_df")).rows).toEqual([["u1"]]);
    expect(
      (await warehouse.query("SELECT COUNT(*) FROM redods.ods_ecm_mkt_strategy_execution_log_di")).rows,
    ).toEqual([[0n]]);
  });

  test("has a fingerprint that changes with its content alone", async () => {
    const first = await loadFolder({ folder: dataFolder(FILES), contracts, target });
    const same = await loadFolder({ folder: dataFolder(FILES), contracts, target });
    const other = await loadFolder({
      folder: dataFolder({ ...FILES, "redcdm.dim_ecm_user_df.csv": USERS.replace("F", "M") }),
      contracts,
      target,
    });
    expect(same.fingerprint).toBe(first.fingerprint);
    expect(other.fingerprint).not.toBe(first.fingerprint);
  });

  async function table(dataset: string, name: string) {
    const authClient = { getRequestHeaders: async () => new Headers() } as never;
    const bigquery = new BigQuery({ apiEndpoint: target.url, projectId: "local", authClient });
    const [metadata] = await bigquery.dataset(dataset).table(name).getMetadata();
    return metadata;
  }
});
