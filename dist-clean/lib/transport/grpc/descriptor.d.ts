/**
 * raftoral.proto as a FileDescriptorSet, base64. Made by `npm run fix` (scripts/proto.mjs); do not edit. Tests: proto.spec.ts.
 */
export declare const RAFTORAL_DESCRIPTOR_SET: string;
