import { fileURLToPath } from "node:url";
import { BigQuery } from "@google-cloud/bigquery";
import {
  createLocalBigQuery,
  defaultFiles,
  type LocalBigQuery,
  type LocalBigQueryOptions,
} from "@growth/local-bigquery";
import { OAuth2Client } from "google-auth-library";

export const projectFolder = fileURLToPath(new URL("../..", import.meta.url));
// Google's library would look for a metadata server before it gives up on credentials.
process.env.METADATA_SERVER_DETECTION = "none";

/** Credentials that satisfy Google's library (its uploads fail without any) and mean nothing to the server. */
function withoutAccount(): OAuth2Client {
  const client = new OAuth2Client();
  client.setCredentials({ access_token: "local" });
  return client;
}

/** A local BigQuery that listens, and Google's own client on it. */
export async function startBigQuery(options: Partial<LocalBigQueryOptions> = {}): Promise<{
  local: LocalBigQuery;
  client: BigQuery;
  url: string;
  close(): Promise<void>;
}> {
  const local = await createLocalBigQuery({ files: defaultFiles(projectFolder), ...options });
  const { url } = await local.listen();
  const client = new BigQuery({ apiEndpoint: url, projectId: "local", authClient: withoutAccount() });
  return { local, client, url, close: () => local.close() };
}
