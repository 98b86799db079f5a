import { type HostAndPort } from '../security/loopback.js';
/** Addresses are not looked up; names are, once for each channel. */
export declare function grpcTarget({ host, port }: HostAndPort): string;
