/**
 * Text of entries, messages, snapshots, progress and Readys, as the scripts expect it (conformance README §4).
 */
import { MessageType, Role, type ConfChangeSingle, type ConfState, type Entry, type Message, type ProgressTrace, type Ready, type Snapshot } from '../../lib/raft/index.js';
export declare const hex: (id: number) => string;
export declare function messageName(type: MessageType): string;
export declare function messageTypeOf(name: string): MessageType | undefined;
export declare function roleName(role: Role): string;
export declare function progressText(progress: ProgressTrace): string;
export declare function configText(config: ConfState): string;
export declare function changesText(changes: readonly ConfChangeSingle[]): string;
export declare function entryText(entry: Entry): string;
export declare function snapshotText(snapshot: Snapshot): string;
/** Without a final newline. `withResponses` false leaves the responses out. */
export declare function messageText(message: Message, indent?: string, withResponses?: boolean): string;
export declare function readyText(ready: Ready): string;
/** The bytes as a quoted Go string. */
export declare function goQuote(data: Uint8Array): string;
