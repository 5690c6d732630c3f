import { constants, type ServerHttp2Stream } from 'node:http2';
import { ServiceError } from '../../errors/index.js';
import { toStatus } from '../status.js';
import type { ByteBudget } from './byte-budget.js';
import { FrameReader } from './frame-reader.js';
import { inflate, isKnownEncoding } from './inflate.js';

/** Reading of a stream pauses while this many bytes were read but not handled yet. */
const READ_AHEAD_BYTES = 4 * 1024 * 1024;

const COMPRESSED = 1;
const PREFIX_BYTES = 5;

/** A message whose bytes are counted. */
interface HeldMessage {
  /** As received, until it is inflated. */
  bytes: number;
}

export interface BodyOptions {
  readonly stream: ServerHttp2Stream;
  /** grpc-encoding */
  readonly encoding: string | undefined;
  readonly maxMessageBytes: number;
  /** Of the connection and of the service: all of them must have room. */
  readonly budgets: readonly ByteBudget[];
}

/**
 * The request of one call as it arrives. A message is checked at its first five bytes, before any of it is kept: its
 * prefix may be malformed, it may be too long, or there may be no memory for it now. A compressed message is counted with
 * its compressed size, and with its inflated size as it is inflated. Bytes stay counted until the call ends or, on a stream
 * of requests, until the handler asks for the next message.
 */
export class RequestBody {
  readonly stream: ServerHttp2Stream;
  readonly startedAtMs = performance.now();
  /** Called once with the first problem. */
  onProblem: ((problem: ServiceError) => void) | undefined;
  readonly #options: BodyOptions;
  readonly #held: HeldMessage[] = [];
  /** Those of them that grpc-js has not decoded. */
  readonly #undecoded: HeldMessage[] = [];
  #heldSum = 0;
  #isOver = false;
  #currentIsKept = false;
  #waitingRead: (() => void) | undefined;

  constructor(options: BodyOptions) {
    this.#options = options;
    this.stream = options.stream;
  }

  /** Call it after grpc-js has added its own listeners, because this one must run before them. */
  watch(): void {
    const frames = new FrameReader((flags, length) => this.#begin(flags, length));
    this.stream.prependListener('data', (chunk: Buffer) => frames.push(chunk));
    this.stream.once('close', () => {
      this.#isOver = true;
      this.#give(this.#heldSum);
    });
  }

  /**
   * Replaces grpc-js's own decompression, whose memory is not counted. Called for each message in the order in which they
   * begin. @returns the message without its prefix, inflated.
   */
  decode(framed: Buffer): Buffer | Promise<Buffer> {
    const message = framed.subarray(PREFIX_BYTES);
    const held = this.#undecoded.shift();
    return framed[0] === COMPRESSED ? this.#inflate(message, held) : message;
  }

  /** Continues to read, now or when earlier messages have been handled. */
  read(start: () => void): void {
    if (this.#heldSum < READ_AHEAD_BYTES) start();
    else this.#waitingRead = start;
  }

  /** The handler is done with the oldest message, unless it holds it. */
  release(): void {
    if (!this.#currentIsKept) this.#give(this.#held.shift()?.bytes ?? 0);
    this.#currentIsKept = false;
  }

  /**
   * The handler holds the oldest message beyond the next one: its bytes count until the returned function is called.
   */
  keep(): () => void {
    const bytes = this.#held.shift()?.bytes ?? 0;
    this.#currentIsKept = true;
    return () => this.#give(bytes);
  }

  /** Tells the caller to stop sending, after the status (RFC 9113 §8.1). */
  refuseRest(): void {
    this.stream.close(constants.NGHTTP2_NO_ERROR);
  }

  /** Ends the call, unless a problem was already reported. */
  fail(problem: ServiceError): void {
    this.#isOver = true;
    const { onProblem } = this;
    this.onProblem = undefined;
    onProblem?.(problem);
  }

  #begin(flags: number, length: number): void {
    const problem = this.#check(flags, length) ?? this.#take(length);
    if (problem !== undefined) {
      this.fail(problem);
      return;
    }
    const held = { bytes: length };
    this.#held.push(held);
    this.#undecoded.push(held);
  }

  async #inflate(message: Buffer, held: HeldMessage | undefined): Promise<Buffer> {
    const { encoding = 'identity', maxMessageBytes } = this.#options;
    try {
      if (this.#isOver || held === undefined || !isKnownEncoding(encoding)) throw ENDED;
      let inflatedBytes = 0;
      const inflated = await inflate(message, encoding, bytes => {
        if (this.#isOver) throw ENDED;
        inflatedBytes += bytes;
        const problem = inflatedBytes > maxMessageBytes ? tooLarge(inflatedBytes, maxMessageBytes) : this.#take(bytes);
        if (problem !== undefined) throw problem;
        held.bytes += bytes;
      });
      if (this.#isOver) throw ENDED;
      this.#give(message.length);
      held.bytes -= message.length;
      return inflated;
    } catch (error) {
      if (!this.#isOver) this.fail(error as ServiceError);
      throw toStatus(error as ServiceError);
    }
  }

  #check(flags: number, length: number): ServiceError | undefined {
    const { encoding = 'identity', maxMessageBytes } = this.#options;
    if (flags > COMPRESSED)
      return malformed(`expected 0 or 1 in the first byte of a message (compressed or not), received ${flags}`);
    if (flags === COMPRESSED && encoding === 'identity')
      return malformed('a message is marked as compressed, but no grpc-encoding was sent; send gzip or deflate there');
    if (flags === COMPRESSED && !isKnownEncoding(encoding)) {
      const message = `expected a message compressed with gzip or deflate, received one with ${encoding}`;
      return new ServiceError('UNIMPLEMENTED', message, { reason: 'UNKNOWN_ENCODING' });
    }
    return length > maxMessageBytes ? tooLarge(length, maxMessageBytes) : undefined;
  }

  #take(bytes: number): ServiceError | undefined {
    const { budgets } = this.#options;
    const full = budgets.findIndex(budget => !budget.take(bytes));
    if (full === -1) {
      this.#heldSum += bytes;
      return undefined;
    }
    for (const budget of budgets.slice(0, full)) budget.give(bytes);
    const { usedBytes, limitBytes } = budgets[full]!;
    const message = `${usedBytes} of ${limitBytes} bytes for requests are in use, and this one needs ${bytes} more; retry later`;
    return new ServiceError('RESOURCE_EXHAUSTED', message, { reason: 'BYTES_IN_FLIGHT', retryAfterMs: 500 });
  }

  #give(bytes: number): void {
    const given = Math.min(bytes, this.#heldSum);
    this.#heldSum -= given;
    for (const budget of this.#options.budgets) budget.give(given);
    const start = this.#waitingRead;
    if (start === undefined || this.#heldSum >= READ_AHEAD_BYTES) return;
    this.#waitingRead = undefined;
    start();
  }
}

/** For a message of a call that has ended. */
const ENDED = new ServiceError('CANCELLED', 'the call has ended');

function tooLarge(bytes: number, maxBytes: number): ServiceError {
  const message = `expected a message of ${maxBytes} bytes at most, received one of ${bytes} or more`;
  return new ServiceError('RESOURCE_EXHAUSTED', message, { reason: 'MESSAGE_TOO_LARGE' });
}

function malformed(message: string): ServiceError {
  return new ServiceError('INTERNAL', message, { reason: 'MALFORMED_FRAME' });
}
