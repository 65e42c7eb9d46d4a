export { type Progress, prepareCompleteJourney } from "./complete-journey/prepare.ts";
export { type Dataset, readDataset } from "./dataset.ts";
export { fingerprintFiles, fingerprintFolder } from "./fingerprint.ts";
export type { Target } from "./folder/client.ts";
export { DataError } from "./folder/error.ts";
export { type FolderLoad, type LoadEvent, type LoadedTable, loadFolder } from "./folder/load-folder.ts";
