import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/**
 * A door to a local warehouse that is not ready yet: whoever calls its `url` waits until it opens. So the Dataform CLI
 * can compile, which takes it seconds, while the tables it will read are still being loaded.
 */
export class Gate {
  readonly #server: Server;
  readonly #target: URL;
  readonly #sockets = new Set<Socket>();
  /** Lets all through that wait. */
  open: () => void = () => {};
  /** Resolves when it opens. */
  readonly opened = new Promise<void>((resolve) => {
    this.open = resolve;
  });

  private constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer((caller) => void this.#admit(caller));
  }

  /** A gate before a warehouse's URL, closed. */
  static async before(target: string): Promise<Gate> {
    const gate = new Gate(target);
    await new Promise<void>((resolve, reject) => {
      gate.#server.on("error", reject);
      gate.#server.listen(0, "127.0.0.1", resolve);
    });
    return gate;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Ends every connection, open or waiting. */
  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  async #admit(caller: Socket): Promise<void> {
    this.#keep(caller);
    await this.opened;
    if (caller.destroyed) return;
    const warehouse = connect(Number(this.#target.port), this.#target.hostname);
    this.#keep(warehouse);
    caller.on("close", () => warehouse.destroy());
    warehouse.on("close", () => caller.destroy());
    caller.pipe(warehouse).pipe(caller);
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    // A connection that breaks closes, and with it its other half.
    socket.on("error", () => {});
    socket.on("close", () => this.#sockets.delete(socket));
  }
}
