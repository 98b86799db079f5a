import type { JsonObject } from '../../client/control-port.js';
import type { ControlRpc } from './proto.js';
export declare function encodeRequest({ method, encodeRequest: encode }: ControlRpc, request: JsonObject): Buffer;
export declare function decodeRequest({ method, decodeRequest: decode }: ControlRpc, bytes: Buffer): JsonObject;
export declare function encodeResponse({ responseFields, encodeResponse: encode }: ControlRpc, answer: JsonObject): Buffer;
export declare function decodeResponse({ method, responseFields, decodeResponse: decode }: ControlRpc, bytes: Buffer): JsonObject;
