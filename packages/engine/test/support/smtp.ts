import { once } from 'node:events';
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';

export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and body as they came. */
  readonly source: string;
  readonly user: string | undefined;
  readonly secure: boolean;
}

/** A mail server on loopback. */
export class SmtpReceiver {
  readonly mails: Mail[] = [];
  readonly #server: SMTPServer;
  /** What it answers to a mail; undefined = taken. */
  refusal: { readonly status: number; readonly words: string } | undefined;
  /** Holds back its answer to a mail until this resolves. */
  hold: Promise<unknown> = Promise.resolve();

  static async open(options: SMTPServerOptions = {}): Promise<SmtpReceiver> {
    const receiver = new SmtpReceiver(options);
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server.server, 'listening');
    return receiver;
  }

  private constructor(options: SMTPServerOptions) {
    this.#server = new SMTPServer({
      authOptional: true,
      disabledCommands: options.secure === true || options.key !== undefined ? [] : ['STARTTLS'],
      onData: (stream, session, answer) => {
        void this.#take(stream, session).then(answer);
      },
      ...options,
    });
    this.#server.on('error', () => undefined);
  }

  async #take(stream: AsyncIterable<unknown>, session: SMTPServerSession): Promise<Error | null> {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    await this.hold;
    const { refusal } = this;
    if (refusal !== undefined) return Object.assign(new Error(refusal.words), { responseCode: refusal.status });
    const { mailFrom, rcptTo } = session.envelope;
    this.mails.push({
      from: mailFrom === false ? '' : mailFrom.address,
      to: rcptTo.map(({ address }) => address),
      source: Buffer.concat(chunks).toString('utf8'),
      user: session.user,
      secure: session.secure,
    });
    return null;
  }

  get port(): number {
    const address = this.#server.server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }
}
