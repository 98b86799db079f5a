import { type Directive } from './datadriven.js';
export declare class InteractionEnvironment {
    private readonly nodes;
    private messages;
    private readonly output;
    /** Runs one directive and returns its output. */
    run(directive: Directive): string;
    private dispatch;
    private dispatchRest;
    private addNodes;
    private addNode;
    private log;
    private propose;
    private proposeConfChange;
    private processReady;
    private processAppendThread;
    private processApplyThread;
    private respond;
    private append;
    private apply;
    private deliverDirective;
    /** Returns how many messages were delivered or dropped. */
    private deliver;
    private step;
    private stabilizeDirective;
    private stabilize;
    private drain;
    private forEachNode;
    private tick;
    private setLevel;
    private printLog;
    private printStates;
    private printStatus;
    private compact;
    private sendSnapshot;
    private nodeAt;
    private nodeById;
}
