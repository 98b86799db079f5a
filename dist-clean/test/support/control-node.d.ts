/**
 * A real node in this process, alone and in memory, and a control client that calls its ControlService directly: for specs of what stands in front of it.
 */
import 'reflect-metadata';
import { type Type } from '@nestjs/common';
import type { ControlClient } from '../../lib/client/control-port.js';
import { ControlService } from '../../lib/client/control-service.js';
import { RaftoralNode } from '../../lib/raftoral.node.js';
export interface ControlNode {
    readonly api: ControlService;
    readonly node: RaftoralNode;
    /** As a network client would be, but that nothing is between. */
    connect(): ControlClient;
    close(): Promise<void>;
}
export declare function startControlNode(workflows: readonly Type[]): Promise<ControlNode>;
