import type { BinaryReader, BinaryWriter } from '../../state-machine/index.js';
import { RequestEntry } from './requests.js';
export declare function writeRequest(writer: BinaryWriter, entry: RequestEntry): void;
export declare function readRequest(reader: BinaryReader): RequestEntry;
