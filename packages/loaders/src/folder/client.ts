import { BigQuery, type BigQueryOptions } from "@google-cloud/bigquery";

/** Where tables are loaded to: a BigQuery API that asks for no account, as the local one. */
export interface Target {
  /** Such as http://127.0.0.1:9050. */
  url: string;
  projectId: string;
  location?: string;
}

type AuthClient = NonNullable<BigQueryOptions["authClient"]>;

/** Google's client authenticates even against an endpoint of one's own; this sends no credentials and looks for none. */
const noAuth = { getRequestHeaders: async () => new Headers() } as unknown as AuthClient;

export function connect({ url, projectId, location = "US" }: Target): BigQuery {
  return new BigQuery({ apiEndpoint: url, projectId, location, authClient: noAuth });
}
