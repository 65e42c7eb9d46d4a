// What models ask the contracts beside them: `columns: contracts.columns("redcdm.dwd_ecm_trd_order_line_di")`.
import type { IncludesData } from "../packages/contracts/src/includes/data.ts";
import { contractsModule } from "../packages/contracts/src/includes/module.ts";

// Dataform resolves a require from the project's root.
declare function require(path: string): IncludesData;

export const {
  tables,
  columns,
  columnNames,
  columnList,
  description,
  grain,
  key,
  required,
  accepted,
  versionedBy,
  keyText,
  keyCheck,
  rulesCheck,
} = contractsModule(require("includes/contracts_data.js"));
