export { type BytesQuery, bytesQueries } from "./bytes.ts";
export { type Footprint, NOTHING, type Relation, type Relations } from "./model.ts";
export { footprintOf } from "./statement.ts";
