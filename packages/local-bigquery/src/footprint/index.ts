export { type BytesQuery, bytesQueries } from "./bytes.ts";
export { type Footprint, NOTHING, type Relation, type Relations, type ViewTree } from "./model.ts";
export { limitsPartitions } from "./predicate.ts";
export { partitionColumn } from "./pruning.ts";
export { footprintOf } from "./statement.ts";
