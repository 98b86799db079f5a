/**
 * The calls of the control API, as Nest's gRPC server wants its handlers: requests in bytes, answers in bytes.
 *
 * H1. A caller that goes away, or whose deadline has passed, aborts the call (A2 of control-port.ts).
 * H2. A stream is pulled: the next item is asked for when the last one has left, so that a slow reader costs the node no memory (R43).
 * H3. Every error is a status with the RaftoralError in its metadata; one that is none tells nothing but its text.
 * Tests: grpc-control.spec.ts.
 */
import type { Metadata, ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js';
import { Observable } from 'rxjs';
import type { ControlApi } from '../../client/control-port.js';
import type { GrpcModule } from './modules.js';
import type { ControlRpc } from './proto.js';
/** What Nest calls: request, metadata, call. */
export type RpcHandler<Call> = (request: Buffer, metadata: Metadata, call: Call) => Observable<Buffer>;
/** null: the node is not ready for clients yet. */
export type ControlSource = () => ControlApi | null;
export declare function unaryHandler(grpc: GrpcModule, rpc: ControlRpc, control: ControlSource): RpcHandler<ServerUnaryCall<Buffer, Buffer>>;
export declare function streamHandler(grpc: GrpcModule, rpc: ControlRpc, control: ControlSource): RpcHandler<ServerWritableStream<Buffer, Buffer>>;
