import type { ServerDuplexStream, ServerReadableStream, ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/proto-loader';

// Converts the generated grpc-js handler types to plain functions; the kind of an RPC is derived from its call object.

type Call<H> = H extends (call: infer C, ...rest: never[]) => unknown ? C : never;

type Implement<C, Context> =
  C extends ServerDuplexStream<infer Request, infer Response>
    ? (requests: AsyncIterable<Request>, context: Context) => AsyncIterable<Response>
    : C extends ServerWritableStream<infer Request, infer Response>
      ? (request: Request, context: Context) => AsyncIterable<Response>
      : C extends ServerReadableStream<infer Request, infer Response>
        ? (requests: AsyncIterable<Request>, context: Context) => Promise<Response>
        : C extends ServerUnaryCall<infer Request, infer Response>
          ? (request: Request, context: Context) => Promise<Response>
          : never;

// The generated types have index signatures in addition to their methods, which are omitted.
type MethodName<K> = K extends string ? (string extends K ? never : Uncapitalize<K>) : never;

/** One function per RPC, named in camelCase. */
export type Implementation<H, Context> = {
  readonly [K in keyof H as MethodName<K>]: Implement<Call<H[K]>, Context>;
};

type Invoke<C, Request, Response, Options> =
  C extends ServerDuplexStream<infer _Q, infer _S>
    ? (requests: AsyncIterable<Request>, options?: Options) => AsyncIterable<Response>
    : C extends ServerWritableStream<infer _Q, infer _S>
      ? (request: Request, options?: Options) => AsyncIterable<Response>
      : C extends ServerReadableStream<infer _Q, infer _S>
        ? (requests: AsyncIterable<Request>, options?: Options) => Promise<Response>
        : (request: Request, options?: Options) => Promise<Response>;

type RequestOf<M> = M extends MethodDefinition<infer Request, infer _S, infer _Q, infer _R> ? Request : never;
type ResponseOf<M> = M extends MethodDefinition<infer _A, infer _B, infer _C, infer Response> ? Response : never;

/** The same for the client. */
export type Stub<D, H, Options> = {
  readonly [K in keyof H as MethodName<K>]: K extends keyof D
    ? Invoke<Call<H[K]>, RequestOf<D[K]>, ResponseOf<D[K]>, Options>
    : never;
};
