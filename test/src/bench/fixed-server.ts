// The upper limit for comparisons: a grpc-js server that answers ModelInfer with fixed bytes and decodes nothing.
import { readFileSync } from 'node:fs';
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';

const answer = readFileSync(process.argv[2] ?? '');
const pass = (bytes: Buffer) => bytes;
const server = new Server({ 'grpc.enable_channelz': 0 });
server.addService(
  {
    ModelInfer: {
      ...{ path: '/inference.GRPCInferenceService/ModelInfer', requestStream: false, responseStream: false },
      ...{ requestSerialize: pass, requestDeserialize: pass, responseSerialize: pass, responseDeserialize: pass },
    },
  },
  { ModelInfer: (_call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>) => callback(null, answer) },
);
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`${port}\n`);
});
