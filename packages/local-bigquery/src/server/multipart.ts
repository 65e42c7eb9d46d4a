import { BigQueryError } from "../errors.ts";

const MAX_HEADERS = 16 * 1024;
const MAX_METADATA = 10 * 1024 * 1024;

/** The boundary of a multipart/related content type. */
export function boundaryOf(contentType: string): string {
  const match = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const boundary = match?.[1] ?? match?.[2];
  if (!boundary) throw new BigQueryError("invalid", "The multipart content type has no boundary.");
  return boundary;
}

/**
 * Reads a two-part upload: first the JSON metadata, then the file, whose bytes are passed on as they come, so that a
 * file of any size needs no memory. Answers the metadata's text once the closing boundary was seen.
 */
export async function readTwoParts(
  body: AsyncIterable<Buffer>,
  boundary: string,
  write: (bytes: Buffer) => Promise<void>,
): Promise<string> {
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const reader = new Reader(body);
  // The first boundary may stand at the very start, without the line break that belongs to the later ones.
  reader.unshift(Buffer.from("\r\n"));
  await reader.until(delimiter, MAX_HEADERS, async () => {});
  await skipHeaders(reader);
  const metadata: Buffer[] = [];
  await reader.until(delimiter, MAX_METADATA, async (bytes) => void metadata.push(bytes));
  await skipHeaders(reader);
  await reader.until(delimiter, Number.POSITIVE_INFINITY, write);
  await reader.drain();
  return Buffer.concat(metadata).toString("utf8");
}

async function skipHeaders(reader: Reader): Promise<void> {
  await reader.until(Buffer.from("\r\n\r\n"), MAX_HEADERS, async () => {});
}

class Reader {
  private readonly source: AsyncIterator<Buffer>;
  private buffer: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.source = source[Symbol.asyncIterator]();
  }

  unshift(bytes: Buffer): void {
    this.buffer = Buffer.concat([bytes, this.buffer]);
  }

  /** Passes on what comes before `mark` and steps over it. */
  async until(mark: Buffer, limit: number, write: (bytes: Buffer) => Promise<void>): Promise<void> {
    let passed = 0;
    for (;;) {
      const at = this.buffer.indexOf(mark);
      // Without the mark, its beginning may still stand at the buffer's end.
      const safe = at >= 0 ? at : Math.max(0, this.buffer.length - mark.length + 1);
      passed += safe;
      if (passed > limit) throw new BigQueryError("invalid", "A part of the multipart body is too large.");
      if (safe > 0) await write(this.buffer.subarray(0, safe));
      this.buffer = this.buffer.subarray(at >= 0 ? at + mark.length : safe);
      if (at >= 0) return;
      const next = await this.source.next();
      if (next.done)
        throw new BigQueryError("invalid", "The multipart body ends before its closing boundary.");
      this.buffer = this.buffer.length === 0 ? next.value : Buffer.concat([this.buffer, next.value]);
    }
  }

  async drain(): Promise<void> {
    while (!(await this.source.next()).done) {}
  }
}
