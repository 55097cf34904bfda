/**
 * Clients of WebSockets that wait for what they are told.
 *
 * @module
 */

/** A client that has what it hears one by one. */
export class Talker {
  readonly #socket: WebSocket;
  readonly #heard: ReadableStreamDefaultReader<string>;
  readonly #closed = Promise.withResolvers<void>();

  /** Connects to `url`. What is said before it is connected is an error. */
  constructor(url: string) {
    const socket = this.#socket = new WebSocket(url);
    const heard = new ReadableStream<string>({
      start: (controller) => {
        socket.onmessage = ({ data }) => controller.enqueue(data);
        socket.onclose = () => {
          controller.close();
          this.#closed.resolve();
        };
      },
    });
    this.#heard = heard.getReader();
  }

  /** Sends a text. */
  says(text: string): void {
    this.#socket.send(text);
  }

  /** Waits for the next text; undefined when the connection is closed. */
  async hears(): Promise<string | undefined> {
    return (await this.#heard.read()).value;
  }

  /** Closes the connection. */
  async leaves(): Promise<void> {
    this.#socket.close();
    await this.#closed.promise;
  }
}
