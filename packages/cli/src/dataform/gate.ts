import type { AddressInfo } from "node:net";
import { connect, createServer, type Socket } from "node:net";

/**
 * A door to a local warehouse that is not ready yet: whoever calls its `url` waits until it opens. So the Dataform CLI
 * can compile, which takes it seconds, while the tables it will read are still being loaded.
 */
export class Gate {
  readonly url: string;
  /** Resolves when it opens. */
  readonly opened: Promise<void>;
  readonly #close: () => void;
  readonly #openUp: () => void;

  private constructor(url: string, opened: Promise<void>, openUp: () => void, close: () => void) {
    this.url = url;
    this.opened = opened;
    this.#openUp = openUp;
    this.#close = close;
  }

  static async before(target: string): Promise<Gate> {
    const { hostname, port } = new URL(target);
    const sockets = new Set<Socket>();
    let openUp = () => {};
    const opened = new Promise<void>((resolve) => {
      openUp = resolve;
    });
    const server = createServer(async (caller) => {
      const keep = (socket: Socket, other: () => Socket | undefined) => {
        sockets.add(socket);
        socket.on("error", () => other()?.destroy());
        socket.on("close", () => {
          sockets.delete(socket);
          other()?.destroy();
        });
      };
      let warehouse: Socket | undefined;
      keep(caller, () => warehouse);
      await opened;
      if (caller.destroyed) return;
      warehouse = connect(Number(port), hostname);
      keep(warehouse, () => caller);
      caller.pipe(warehouse).pipe(caller);
    });
    await new Promise<void>((resolve, reject) => {
      server.on("error", reject);
      server.listen(0, "127.0.0.1", resolve);
    });
    const close = () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    };
    return new Gate(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, opened, openUp, close);
  }

  open(): void {
    this.#openUp();
  }

  close(): void {
    this.#close();
  }
}
