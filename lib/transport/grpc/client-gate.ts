/**
 * Stands before every call of the server: what is open, what needs the credentials of a client, and what has no handler.
 *
 * G1. A call of the control API reaches no handler, and its request is not read, before its credentials were checked; a signed request is checked again
 *     when it has been read, before it is handed on.
 * G2. Open without credentials: the health check; reflection, where it is switched on; the stream of peers, which has a handshake of its own.
 * G3. A method of a service that is not known here is refused: nothing is open because it was forgotten.
 * G4. Handlers learn of the connection from here (CallConnections), never from what the caller says.
 * G5. Until it is known who calls, a call can make the node hold next to nothing (incoming-limit.ts).
 * Tests: grpc-strangers.spec.ts, grpc-bounds.spec.ts.
 */
import type { Metadata, ServerInterceptor, ServerInterceptingCallInterface } from '@grpc/grpc-js';
import { RaftoralError, isRaftoralError } from '../../errors/index.js';
import { ERROR_METADATA, statusOf } from './error-status.js';
import { limitMessages, UnverifiedRequests } from './incoming-limit.js';
import type { GrpcLimits } from './limits.js';
import type { ConnectionEnds } from '../security/door.js';
import type { Connection } from './listener.js';
import type { GrpcModule } from './modules.js';
import { CONNECT_PATH } from './proto.js';

/** Checks who calls; see lib/transport/security/client-auth.ts. */
export interface ControlGate {
  /** Throws UNAUTHENTICATED. Null: the caller is known; else what is still to be proved, with the bytes of the request. */
  checkHead(head: {
    readonly authorization: string | undefined;
    readonly target: string;
    readonly isEncrypted: boolean;
    readonly isLoopback: boolean;
    readonly hasClientCertificate: boolean;
  }): { verify(body: Uint8Array): void } | null;
}

export interface GateParts {
  readonly gate: () => ControlGate;
  readonly isControl: (path: string) => boolean;
  readonly hasReflection: boolean;
  readonly findConnection: (ends: ConnectionEnds) => Connection | null;
  readonly limits: GrpcLimits;
}

const OPEN_SERVICES = ['/grpc.health.v1.Health/'];
const REFLECTION_SERVICES = ['/grpc.reflection.v1.ServerReflection/', '/grpc.reflection.v1alpha.ServerReflection/'];

/** A call under way: where it came from, and what it may bring. */
export interface IncomingCall {
  readonly connection: Connection;
  /** Of its messages, from now on. */
  limit(messageBytesMax: number): void;
}

/** Connections of calls under way, for the handlers; a call is known by its metadata object. */
export class CallConnections {
  readonly #byMetadata = new WeakMap<Metadata, IncomingCall>();

  set(metadata: Metadata, call: IncomingCall): void {
    this.#byMetadata.set(metadata, call);
  }

  of(metadata: Metadata): IncomingCall | null {
    return this.#byMetadata.get(metadata) ?? null;
  }
}

export function clientGate(grpc: GrpcModule, parts: GateParts, connections: CallConnections): ServerInterceptor {
  const open = [...OPEN_SERVICES, ...(parts.hasReflection ? REFLECTION_SERVICES : [])];
  const isOpen = (path: string): boolean => path === CONNECT_PATH || open.some((service) => path.startsWith(service));
  const { limits } = parts;
  const unverified = new UnverifiedRequests(limits);

  return (definition, call) => {
    const { path } = definition;
    // The stream of peers is limited by who receives it, before it reads (accepted-channel.ts).
    if (path !== CONNECT_PATH) limitMessages(call, limits.strangerMessageBytesMax);
    let forget = (): void => undefined;
    let incoming: IncomingCall | null = null;
    let pending: { verify(body: Uint8Array): void } | null = null;
    let isRefused = false;
    /** True: the call goes on. */
    const passes = (check: () => void): boolean => {
      if (isRefused) return false;
      try {
        check();
        return true;
      } catch (error) {
        refuse(error);
        return false;
      }
    };
    const verify = (message: Uint8Array): void => {
      pending?.verify(message);
      forget();
      incoming?.connection.trust();
    };
    const refuse = (error: unknown): void => {
      isRefused = true;
      forget();
      refuseCall(grpc, call, error);
    };
    return new grpc.ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, pass) => {
            const isAllowed = passes(() => {
              const connection = parts.findConnection(call.getConnectionInfo());
              if (connection === null) throw new RaftoralError('UNAUTHENTICATED', `${path}: the connection has ended.`);
              incoming = { connection, limit: (messageBytesMax) => limitMessages(call, messageBytesMax) };
              connections.set(metadata, incoming);
              if (isOpen(path)) return;
              if (!parts.isControl(path)) throw new RaftoralError('UNAUTHENTICATED', `${path} is no call for clients.`);
              pending = parts.gate().checkHead({
                authorization: authorizationOf(metadata),
                target: path,
                isEncrypted: connection.isEncrypted,
                isLoopback: connection.isLoopback,
                hasClientCertificate: connection.hasClientCertificate,
              });
              limitMessages(call, limits.requestBytesMax);
              if (pending === null) connection.trust();
              else forget = unverified.watch(call, refuse);
            });
            if (isAllowed) pass(metadata);
          },
          onReceiveMessage: (message: unknown, pass) => {
            if (pending !== null && !passes(() => verify(message as Uint8Array))) return;
            if (!isRefused) pass(message);
          },
          onReceiveHalfClose: (pass) => {
            if (!isRefused) pass();
          },
          onCancel: () => undefined,
        }),
    });
  };
}

function authorizationOf(metadata: Metadata): string | undefined {
  const values = metadata.get('authorization');
  return values.length === 1 && typeof values[0] === 'string' ? values[0] : undefined;
}

function refuseCall(grpc: GrpcModule, call: ServerInterceptingCallInterface, error: unknown): void {
  const known = isRaftoralError(error)
    ? error
    : new RaftoralError('UNAUTHENTICATED', 'the credentials could not be checked', { cause: error });
  const { code, details, bytes } = statusOf(known);
  const metadata = new grpc.Metadata();
  metadata.set(ERROR_METADATA, bytes);
  call.sendStatus({ code, details, metadata });
}
