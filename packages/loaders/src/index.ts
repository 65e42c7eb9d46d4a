export { type Dataset, type Progress, prepareCompleteJourney } from "./complete-journey/prepare.ts";
export { fingerprintFiles, fingerprintFolder } from "./fingerprint.ts";
