export type { AllowedValue, Bounds, Column, Contract, Rule, Severity } from "./contract.ts";
export { generate, includesData } from "./includes/data.ts";
export { type ContractsModule, contractsModule } from "./includes/module.ts";
export { ContractError, formatProblem, type Problem, type ProblemCode } from "./problems.ts";
export { type LoadOptions, type LoadResult, loadContracts, readContracts } from "./read/load.ts";
export { type ColumnType, typeText } from "./types.ts";
