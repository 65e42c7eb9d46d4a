import { availableParallelism } from "node:os";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { createClaims } from "./behaviour/claims.ts";
import { createDiscounts } from "./behaviour/discounts.ts";
import { createLedger } from "./behaviour/ledger.ts";
import { createLines } from "./behaviour/lines.ts";
import { createOrders } from "./behaviour/orders.ts";
import { createOrganicOrders } from "./behaviour/purchases.ts";
import { createRedemptions } from "./behaviour/redemptions.ts";
import { createRefunds } from "./behaviour/refunds.ts";
import { createExecutions } from "./behaviour/triggers.ts";
import { createUsers } from "./behaviour/users.ts";
import { catalogOf } from "./catalog/catalog.ts";
import { createClock } from "./catalog/clock.ts";
import { createCatalog } from "./catalog/tables.ts";
import { oddDays, send } from "./delivery/batches.ts";
import { createCorrections } from "./delivery/corrections.ts";
import { streams } from "./delivery/streams.ts";
import { type SimulationOptions, simulationOf } from "./options.ts";
import { dimensions } from "./output/dimensions.ts";
import { createLists, sourceTables } from "./output/tables.ts";
import { Files, prepareFolder, writeDimension, writeJson, writeTable } from "./output/write.ts";
import { iso, periodOf, TIMEZONE } from "./period.ts";
import { drawing, drawMacro, type Platform } from "./platform.ts";
import { type Truth, truthOf } from "./truth/truth.ts";

/** What a simulated folder is; stands in it as dataset.json. */
export interface SimulatedDataset {
  readonly name: "simulated";
  readonly timezone: string;
  /** ISO instant: what arrived until then arrived at once, as it then stood. */
  readonly bootstrap_at: string;
  /** The last simulated day, YYYY-MM-DD. */
  readonly run_date: string;
  readonly seed: number;
  /** SHA-256 of the data files. */
  readonly fingerprint: string;
}

/** A step that begins; `done` of `steps` are finished. */
export interface SimulationProgress {
  readonly step: string;
  readonly done: number;
  readonly steps: number;
}

export interface Simulated {
  readonly dataset: SimulatedDataset;
  readonly truth: Truth;
  /** Rows of each file by `<dataset>.<table>`. */
  readonly rows: Readonly<Record<string, number>>;
}

/**
 * Simulates a marketing platform and writes its source tables to `out`: `<dataset>.<table>.parquet` as contracts describe
 * them, dataset.json and truth.json. The same simulation writes the same bytes.
 */
export async function simulate(
  options: SimulationOptions & {
    /** The folder to write to; made if it is not there. */
    readonly out: string;
    readonly progress?: (event: SimulationProgress) => void;
  },
): Promise<Simulated> {
  const { out, progress = () => {} } = options;
  const simulation = simulationOf(options);
  const { parameters, dirt, users, seed } = simulation;
  const period = periodOf(simulation.from, simulation.to, simulation.bootstrap_days);
  const catalog = catalogOf(parameters, period, seed);
  const configured = dimensions(parameters, catalog, period, dirt, seed);
  const threads = simulation.threads ?? availableParallelism();
  const instance = await DuckDBInstance.create(":memory:", { threads: String(threads) });
  const on = (connection: DuckDBConnection): Platform => ({
    connection,
    parameters,
    dirt,
    users,
    period,
    draw: drawing(seed),
    sql: async (statement) => void (await connection.run(statement)),
  });
  const connection = await instance.connect();
  const platform = on(connection);
  // Files are written while the next steps run.
  const writing = await instance.connect();
  const writer = on(writing);
  const odd = oddDays(platform, seed);
  const files = new Files();
  const tables = sourceTables(parameters, catalog, period);

  const steps: [string, () => Promise<void>][] = [
    ["calendar and catalog", () => createClock(platform).then(() => createCatalog(platform, catalog))],
    ["users", () => createUsers(platform)],
    ["purchases", () => createOrganicOrders(platform)],
    ["triggers", () => createExecutions(platform)],
    ["claims", () => createClaims(platform)],
    ["orders", () => createOrders(platform)],
    ["order lines", () => createLines(platform)],
    ["redemptions", () => createRedemptions(platform)],
    ["discounts", () => createDiscounts(platform)],
    ["refunds", () => createRefunds(platform)],
    ["allowance ledger", () => createLedger(platform)],
    ["corrections", () => createCorrections(platform)],
    ["lists of benefits", () => createLists(writer, catalog)],
    ...streams(platform).map((stream): [string, () => Promise<void>] => [
      `${stream.name} deliveries`,
      async () => {
        await send(platform, odd, stream);
        const source = tables.find((table) => table.stream === stream.name);
        if (source) files.write(() => writeTable(writer, out, source));
      },
    ]),
    [
      "configuration tables",
      async () => {
        for (const table of configured.tables) files.write(() => writeDimension(writer, out, table));
      },
    ],
  ];
  try {
    await prepareFolder(out);
    // Without this DuckDB joins small tables by time row by row, and takes large ones for small.
    await platform.sql("SET asof_loop_join_threshold = 0");
    await platform.sql("SET TimeZone = 'UTC'");
    // Tables in between may be in any order, which keeps both cores busy; the files are sorted.
    await platform.sql("SET preserve_insertion_order = false");
    await platform.sql(drawMacro);
    for (const [i, [step, run]] of steps.entries()) {
      progress({ step, done: i, steps: steps.length + 1 });
      await run();
    }
    progress({ step: "truth", done: steps.length, steps: steps.length + 1 });
    const truth = await truthOf(platform, simulation, odd, configured);
    const dataset: SimulatedDataset = {
      name: "simulated",
      timezone: TIMEZONE,
      bootstrap_at: iso(period.bootstrapAt),
      run_date: period.to,
      seed,
      fingerprint: await files.fingerprint(),
    };
    await writeJson(join(out, "truth.json"), truth);
    await writeJson(join(out, "dataset.json"), dataset);
    const rows = Object.fromEntries(
      Object.entries(truth.tables).map(([table, counts]) => [table, counts.rows]),
    );
    return { dataset, truth, rows };
  } finally {
    await files.settled();
    writing.closeSync();
    connection.closeSync();
    instance.closeSync();
  }
}
