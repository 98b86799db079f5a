/** Addresses as people write them: `host:port`, `[::1]:port`. */
import { RaftoralError } from '../../errors/index.js';

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/** Throws INVALID_CONFIGURATION, naming what is wrong. */
export function parseAddress(address: string, option: string): HostAndPort {
  const match = /^(?:\[([0-9a-fA-F:.%a-z]+)\]|([^:/\s[\]]+)):(\d{1,5})$/.exec(address);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535)
    throw new RaftoralError('INVALID_CONFIGURATION', `${option} '${address}' is not 'host:port' (an IPv6 address stands in brackets)`);
  return { host: match[1] ?? match[2]!, port };
}

export function formatAddress(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
