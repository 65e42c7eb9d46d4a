// What models ask the metrics: `metrics.template("redcdm.dm_ecm_mkt_trigger_funnel_strategy_1d_di")`.
import { metricsModule } from "../packages/contracts/src/includes/metrics.ts";
import type { MetricsFile } from "../packages/contracts/src/metrics/types.ts";

// Dataform resolves a require from the project's root.
declare function require(path: string): MetricsFile;

export const { metric, codes, ratio, template } = metricsModule(require("includes/metrics_data.js"));
