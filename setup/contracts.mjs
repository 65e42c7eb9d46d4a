// Writes what the contracts beside the models and definitions/metrics.yaml are turned into: the includes that config blocks,
// assertions and generated SQL read, and the semantic model for other tools.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * @param {string} root the project's folder; packages/contracts must be built
 * @returns {Promise<boolean>} false when the contracts or metrics have problems (printed); what was written before then stays
 */
export async function writeContracts(root) {
  const { ContractError, generate, generateMetrics, loadContracts, loadMetrics, semanticModel } =
    await import("../packages/contracts/dist/index.js");
  // Without the Python files the standard's own schema is not at hand; the project's conventions are checked all the same.
  const schemaFile = join(root, ".tools/python/open_data_contract_standard/schema.json");
  try {
    const contracts = loadContracts(root, { schemaFile: existsSync(schemaFile) ? schemaFile : undefined });
    const metrics = loadMetrics(root, contracts);
    mkdirSync(join(root, "dist"), { recursive: true });
    write(join(root, "includes/contracts_data.js"), generate(contracts));
    write(join(root, "includes/metrics_data.js"), generateMetrics(metrics));
    write(join(root, "dist/growth.ossie.yaml"), semanticModel(metrics, contracts));
    return true;
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    console.error(error.message);
    return false;
  }
}

function write(target, text) {
  if (existsSync(target) && readFileSync(target, "utf8") === text) return;
  writeFileSync(`${target}.part`, text);
  renameSync(`${target}.part`, target);
}
