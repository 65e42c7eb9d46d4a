export { type CheckOptions, checkFolder, type FolderCheck, type TablePlan } from "./check/folder.ts";
export { type DataProblem, type DataProblemCode, formatDataProblem } from "./check/problems.ts";
export type { AllowedValue, Bounds, Column, Contract, Rule, Severity } from "./contract.ts";
export { generate, includesData } from "./includes/data.ts";
export { type ContractsModule, contractsModule } from "./includes/module.ts";
export { ContractError, formatProblem, type Problem, type ProblemCode } from "./problems.ts";
export { type LoadOptions, type LoadResult, loadContracts, readContracts } from "./read/load.ts";
export { type RestField, type RestSchema, type RestTable, restSchema, restTable } from "./rest.ts";
export { type ColumnType, typeText } from "./types.ts";
