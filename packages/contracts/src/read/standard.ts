import { readFileSync } from "node:fs";
import { Ajv2019, type ErrorObject } from "ajv/dist/2019.js";
import formats from "ajv-formats";
import { didYouMean } from "../names.ts";
import type { Problem } from "../problems.ts";
import { isObject, type JsonObject, type JsonPath, type YamlFile } from "./document.ts";

export type StandardCheck = (document: JsonObject, source: YamlFile) => Problem[];

/** Every property name that the standard knows, for suggestions. */
function propertyNames(schema: unknown, names = new Set<string>()): Set<string> {
  if (Array.isArray(schema)) for (const part of schema) propertyNames(part, names);
  if (isObject(schema)) {
    if (isObject(schema.properties)) for (const name of Object.keys(schema.properties)) names.add(name);
    for (const part of Object.values(schema)) propertyNames(part, names);
  }
  return names;
}

function pathOf(instancePath: string): JsonPath {
  return instancePath
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

/** The errors that say something: a failed branch repeats its cause at each level above it. */
function causes(errors: readonly ErrorObject[]): ErrorObject[] {
  const branches = new Set(["if", "oneOf", "anyOf", "allOf"]);
  // A column without a type is told elsewhere; the standard would have it be a map.
  const noType = (error: ErrorObject) => error.params.missingProperty === "map";
  const direct = errors.filter((error) => !branches.has(error.keyword) && !noType(error));
  const unevaluated = (error: ErrorObject) => error.keyword === "unevaluatedProperties";
  const certain = direct.filter((error) => !unevaluated(error));
  const deepest = direct.filter(
    (error) =>
      // A property under a failed branch counts as unevaluated: report it only where nothing else below failed.
      !unevaluated(error) ||
      !direct.some(
        (other) =>
          other !== error &&
          other.instancePath.startsWith(error.instancePath) &&
          (other.instancePath.length > error.instancePath.length || certain.includes(other)),
      ),
  );
  const seen = new Set<string>();
  return deepest.filter((error) => {
    const key = `${error.instancePath} ${error.keyword} ${JSON.stringify(error.params)}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** By schema file: compiling the schema takes half a second. */
const compiled = new Map<string, StandardCheck>();

/**
 * A check against the Open Data Contract Standard's own JSON schema.
 * @param schemaFile path of the standard's schema.json (PyPI package open-data-contract-standard).
 */
export function standardCheck(schemaFile: string): StandardCheck {
  const known = compiled.get(schemaFile);
  if (known) return known;
  const schema = JSON.parse(readFileSync(schemaFile, "utf8")) as JsonObject;
  const ajv = new Ajv2019({ strict: false, allErrors: true });
  formats.default(ajv);
  const validate = ajv.compile(schema);
  const names = propertyNames(schema);
  const check: StandardCheck = (document, source) => {
    if (validate(document)) return [];
    return causes(validate.errors ?? []).map((error) => {
      const path = pathOf(error.instancePath);
      const unknown: unknown = error.params.unevaluatedProperty ?? error.params.additionalProperty;
      if (typeof unknown === "string") {
        const message = `the standard has no "${unknown}" here; remove it or write it as a customProperties entry.`;
        return source.problem("standard", [...path, unknown], message + didYouMean(unknown, names));
      }
      const allowed: unknown = error.params.allowedValues;
      const values = Array.isArray(allowed) ? allowed.map(String) : [];
      const list = values.length ? `: ${values.join(", ")}` : "";
      return source.problem("standard", path, `${error.message ?? "is not valid"}${list}`);
    });
  };
  compiled.set(schemaFile, check);
  return check;
}
