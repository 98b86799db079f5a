/**
 * Errors on their way: from node to node, in the trailers of gRPC, in the bodies of HTTP. Every code, with its statuses.
 */
import { decodeError, encodeError } from '../../../lib/cluster/request-error.js';
import { ERROR_CODES, RaftoralError, type RaftoralErrorCode } from '../../../lib/errors/index.js';
import { errorOf, statusOf } from '../../../lib/transport/grpc/error-status.js';
import { errorBody } from '../../../lib/transport/http/answers.js';
import type { Family } from '../family.js';
import { bytesOf, differenceOf, hexOf, plain, type Plain } from '../plain.js';

const CALL = 'workflow.start';

function sample(code: RaftoralErrorCode): RaftoralError {
  return new RaftoralError(code, `größer than ${code}`, { requestId: 'r-1', details: { clusterId: 1, reason: 'größer' } });
}

const shown = (error: RaftoralError): Plain => {
  const { code, message, retryable, requestId, details, httpStatus } = error;
  return plain({ code, message, retryable, requestId, details, httpStatus });
};

/** What today's code makes of the bytes. */
function read(peer: string, status: number, text: string, trailer: string): Plain {
  return plain({
    peer: shown(decodeError(bytesOf(peer))),
    grpc: shown(errorOf(CALL, { code: status, details: text, bytes: Buffer.from(bytesOf(trailer)) }, 'r-1')),
  });
}

export const family: Family = {
  name: 'errors',
  remedy:
    'A released code never changes its name, its meaning or its statuses, and both ends of a call may be of different builds (lib/errors/codes.ts, C1).',
  make: () =>
    (Object.keys(ERROR_CODES) as RaftoralErrorCode[]).map((code) => {
      const error = sample(code);
      const { code: status, details: text, bytes } = statusOf(error);
      const [peer, trailer] = [hexOf(encodeError(error)), hexOf(bytes)];
      return { name: code, peer, status, text, trailer, http: plain(errorBody(error)), value: read(peer, status, text, trailer) };
    }),
  check: ({ name, peer, status, text, trailer, http, value }) => {
    if (!Object.hasOwn(ERROR_CODES, name)) return ['the code is gone'];
    const error = sample(name as RaftoralErrorCode);
    const { code, details, bytes } = statusOf(error);
    const now = { peer: hexOf(encodeError(error)), status: code, text: details, trailer: hexOf(bytes), http: plain(errorBody(error)) };
    const found =
      differenceOf(plain({ peer, status, text, trailer, http }), now) ??
      differenceOf(value!, read(peer as string, status as number, text as string, trailer as string));
    return found === null ? [] : [found];
  },
  labels: ({ name }) => [name],
  needed: () => Object.keys(ERROR_CODES),
};
