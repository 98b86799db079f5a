/**
 * `host:port` of this adapter: taken apart, put together, as grpc-js wants it. Pure.
 */
import { isIP } from 'node:net';
import { RaftoralError } from '../../errors/index.js';

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** `a:1`, `127.0.0.1:1`, `[::1]:1`. Null: it is none of these. */
export function splitAddress(text: string): HostPort | null {
  const found = /^(?:\[([^\]]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text);
  if (found === null) return null;
  const host = found[1] ?? found[2]!;
  const port = Number(found[3]);
  if (port > 65_535 || (found[1] !== undefined && isIP(host) !== 6)) return null;
  return { host, port };
}

/** Throws INVALID_CONFIGURATION that names `option`. */
export function requireAddress(text: string, option: string): HostPort {
  const address = splitAddress(text);
  if (address === null)
    throw new RaftoralError('INVALID_CONFIGURATION', `${option}: expected host:port ('127.0.0.1:4400', '[::1]:4400', 'node1:4400'), got '${text}'`);
  return address;
}

export function joinAddress(host: string, port: number): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

/** For grpc-js: addresses are not looked up, names are, once for each channel. */
export function grpcTarget({ host, port }: HostPort): string {
  const family = isIP(host);
  return `${family === 0 ? 'dns' : family === 6 ? 'ipv6' : 'ipv4'}:${joinAddress(host, port)}`;
}

/** The other end of a connection is on this machine. */
export function isLoopbackAddress(address: string): boolean {
  return /^(?:::ffff:)?127\./.test(address) || address === '::1';
}
