import type { JsonObject } from '../../index.js';
import { GroupCommand } from '../base-command.js';
import { ClientCommand, type ClientFlags } from '../client-command.js';
export declare class StatusCommand extends ClientCommand {
    run(_params: string[], flags: ClientFlags): Promise<void>;
}
export declare class MembersCommand extends ClientCommand {
    run(_params: string[], flags: ClientFlags): Promise<void>;
}
export declare class NodesCommand extends ClientCommand {
    run(_params: string[], flags: ClientFlags): Promise<void>;
}
/** Changes the membership; meanwhile says how far the node concerned is. */
declare abstract class ChangeCommand<Flags extends ClientFlags = ClientFlags> extends ClientCommand<Flags> {
    protected change(flags: Flags, method: string, request: JsonObject, watchedNode: number): Promise<void>;
}
export declare class MemberAddLearnerCommand extends ChangeCommand {
    run([node]: string[], flags: ClientFlags): Promise<void>;
}
export declare class MemberPromoteCommand extends ChangeCommand {
    run([node]: string[], flags: ClientFlags): Promise<void>;
}
export declare class MemberRemoveCommand extends ChangeCommand {
    run([node]: string[], flags: ClientFlags): Promise<void>;
}
interface ReplaceFlags extends ClientFlags {
    readonly lost: number;
    readonly replacement: number;
}
export declare class MemberReplaceCommand extends ChangeCommand<ReplaceFlags> {
    readLost(text: string): number;
    readReplacement(text: string): number;
    run(_params: string[], flags: ReplaceFlags): Promise<void>;
}
export declare const MEMBER_COMMANDS: (typeof MemberAddLearnerCommand)[];
export declare class MemberCommand extends GroupCommand {
}
interface TransferFlags extends ClientFlags {
    readonly to: number;
}
export declare class TransferLeadershipCommand extends ClientCommand<TransferFlags> {
    readTo(text: string): number;
    run(_params: string[], flags: TransferFlags): Promise<void>;
}
export declare class LeaveCommand extends ClientCommand {
    run(_params: string[], flags: ClientFlags): Promise<void>;
}
export {};
