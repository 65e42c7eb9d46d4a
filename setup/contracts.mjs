// Writes the include that config blocks and assertions read, from the contracts beside the models.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * @param {string} root the project's folder; packages/contracts must be built
 * @returns {Promise<boolean>} false when the contracts have problems (printed); the include is then as it was
 */
export async function writeContracts(root) {
  const { ContractError, generate, loadContracts } = await import("../packages/contracts/dist/index.js");
  // Without the Python files the standard's own schema is not at hand; the project's conventions are checked all the same.
  const schemaFile = join(root, ".tools/python/open_data_contract_standard/schema.json");
  const target = join(root, "includes/contracts_data.js");
  try {
    const text = generate(
      loadContracts(root, { schemaFile: existsSync(schemaFile) ? schemaFile : undefined }),
    );
    if (existsSync(target) && readFileSync(target, "utf8") === text) return true;
    writeFileSync(`${target}.part`, text);
    renameSync(`${target}.part`, target);
    return true;
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    console.error(error.message);
    return false;
  }
}
