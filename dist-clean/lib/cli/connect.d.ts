import type { ControlClient } from '../index.js';
import type { Connection } from './environment.js';
export declare function connectTo({ transport, address, path, clientSecretFile, tls }: Connection): Promise<ControlClient>;
