export { defaultParameters, type Simulation, type SimulationOptions, simulationOf } from "./options.ts";
export { checkParameters, ParameterError, readParameters } from "./parameters/load.ts";
export type { Dirt, DirtKind, Parameters, Preset } from "./parameters/types.ts";
export {
  type Simulated,
  type SimulatedDataset,
  type SimulationProgress,
  simulate,
} from "./simulate.ts";
export type { Effect } from "./truth/effects.ts";
export type { Totals } from "./truth/totals.ts";
export type { Truth } from "./truth/truth.ts";
