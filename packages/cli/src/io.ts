import type { Readable, Writable } from "node:stream";
import pc from "picocolors";

export type Output = Writable & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** Everything a command sees of the world around it, so that a test can put its own in. */
export interface Io {
  readonly stdin: Readable;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

export type Colors = ReturnType<typeof pc.createColors>;

/** Colours for one stream: only on a terminal, never when NO_COLOR is set. */
export function colorsFor(stream: Output, env: NodeJS.ProcessEnv): Colors {
  const wanted = env.FORCE_COLOR ? env.FORCE_COLOR !== "0" : stream.isTTY === true && env.TERM !== "dumb";
  return pc.createColors(wanted && !env.NO_COLOR);
}

/** True where a display that redraws itself makes sense: a terminal that is not a CI log. */
export function isInteractive(io: Io): boolean {
  return io.stdout.isTTY === true && io.env.TERM !== "dumb" && !io.env.CI;
}

/** Writes and waits until the stream has taken it, so that a long answer never piles up in memory. */
export function write(stream: Output, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
