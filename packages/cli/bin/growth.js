#!/usr/bin/env node
import { existsSync } from "node:fs";

const main = new URL("../dist/main.js", import.meta.url);
if (existsSync(main)) await import(main.href);
else {
  console.error(
    "The growth command is not built yet. Run `npm start` or `npm test` once: either sets up what is missing.",
  );
  process.exitCode = 2;
}
