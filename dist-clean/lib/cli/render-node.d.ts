/**
 * Reports of nodes and members for a person: what is wrong first, then who is there, then the numbers. Pure.
 */
import type { MembersReport, NodeReport, NodesReport } from '../index.js';
export declare function renderStatus(report: NodeReport): string;
export declare function renderMembers(report: MembersReport): string;
export declare function renderNodes({ deployment, nodes }: NodesReport): string;
