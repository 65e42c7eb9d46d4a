import { fileURLToPath } from "node:url";
import { checkFolder, formatDataProblem, loadContracts } from "@growth/contracts";
import { expect, test } from "vitest";
import { simulated, sources } from "./simulated.ts";

const contracts = loadContracts(fileURLToPath(new URL("../..", import.meta.url))).filter(
  (contract) => contract.layer === "source",
);

test("the files are what the source contracts describe, dirt and all", async () => {
  const { folder } = await simulated({ preset: "small", dirt: "all" });
  const { problems } = await checkFolder(folder, contracts);
  const inData = problems.filter((problem) => problem.file.endsWith(".parquet"));
  expect(inData.filter((problem) => problem.severity === "error").map(formatDataProblem)).toEqual([]);
});

test("every source table has a file with the contract's columns in the contract's order", async () => {
  const { query } = await simulated({ preset: "small", dirt: "clean" });
  expect(contracts.map((c) => c.table).sort()).toEqual(
    Object.values(sources)
      .map(([table]) => table)
      .sort(),
  );
  for (const [name, [table]] of Object.entries(sources)) {
    const columns = await query(`DESCRIBE log_${name}`);
    const contract = contracts.find((c) => c.table === table);
    expect(columns.map((c) => c.column_name)).toEqual(contract?.columns.map((c) => c.name));
  }
});
